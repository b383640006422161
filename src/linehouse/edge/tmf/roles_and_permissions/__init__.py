"""TMF672 User Roles and Permissions: who works for the brand in which roles, and what each role may do."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.roles_and_permissions.permission import API_PATH, PERMISSION
from linehouse.edge.tmf.roles_and_permissions.role import USER_ROLE

API = Api(number="TMF672", path=API_PATH, title="User Roles and Permissions", resources=(PERMISSION, USER_ROLE))
