// Schema 3 of the statistics file: the events of one type are found, and counted, without a look at the others.

export const EVENTS_BY_TYPE = `
CREATE INDEX events_by_type ON events (livestream_id, type, number);
`;
