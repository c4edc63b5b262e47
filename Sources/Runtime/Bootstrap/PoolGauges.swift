import Metrics
import Postgres

/// The use of the pool, as of when the metrics are asked for.
///
/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_database_connections` | gauge | state: open, allowed |
/// | `repazoo_database_requests` | gauge | state: running, waiting (for a place on a connection) |
struct PoolGauges: Sendable {
    let postgres: PostgresPool

    func refresh() async {
        let use = await postgres.use
        for (state, number) in [("open", use.connections), ("allowed", use.maxConnections)] {
            Gauge(label: "repazoo_database_connections", dimensions: [("state", state)]).record(number)
        }
        for (state, number) in [("running", use.running), ("waiting", use.waiting)] {
            Gauge(label: "repazoo_database_requests", dimensions: [("state", state)]).record(number)
        }
    }
}
