/** By which an alert's page finds who else was noticed at its sites. */
export const siteIndex: string = `
CREATE INDEX IF NOT EXISTS alert_observation_place ON alert_observation (tenant_id, site, at);
`
