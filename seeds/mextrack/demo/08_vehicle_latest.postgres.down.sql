-- Only rows that still show the demo day; a vehicle that has reported since keeps its row.
DELETE FROM fleet.vehicle_latest AS l
USING fleet.vehicles AS v
JOIN fleet.fleets AS f ON f.id = v.fleet_id
WHERE v.id = l.vehicle_id
    AND f.code = 'demo'
    AND l.recorded_at < TIMESTAMPTZ '2026-02-01 00:00:00+00';
