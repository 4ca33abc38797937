-- Only rows that still show the demo day; a vehicle that has reported since keeps its row.
DELETE FROM vehicle_latest
WHERE recorded_at < '2026-02-01T00:00:00+00:00'
    AND vehicle_id IN (SELECT v.id FROM vehicles AS v JOIN fleets AS f ON f.id = v.fleet_id WHERE f.code = 'demo');
