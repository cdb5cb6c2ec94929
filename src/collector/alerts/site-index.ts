/** By which an alert's page finds who else was noticed at its sites: version 7 of the collector's store. */
export const siteIndex: string = `
CREATE INDEX alert_observation_place ON alert_observation (tenant_id, site, at);
`
