// The app behind the policy, as it is while somebody works on it: `poolgate routes` tells what is not right yet.
import express, { Router } from "express";

export const app = express();
const done = (_request, response) => response.status(204).end();

app.get("/health", done);

const tenant = Router({ mergeParams: true });
tenant.get("/projects", done);
tenant.post("/projects", done);
tenant.delete("/projects/:projectId", done);
tenant.post("/import", done);
app.use("/tenants/:tenantId", tenant);

app.get("/me/invoices/:userId", done);
