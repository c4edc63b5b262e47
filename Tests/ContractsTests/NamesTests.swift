import Contracts
import Testing

/// A misspelt name is a contract for ever, so each is written out a second time here.
@Suite(.timeLimit(.minutes(1)))
struct NamesTests {
    @Test func queues() {
        #expect(
            ConsumerName.allCases.map(\.queue.rawValue) == [
                "repazoo.ingest", "repazoo.analyze", "repazoo.export", "repazoo.retention", "repazoo.monitor",
                "repazoo.alert",
            ])
        #expect(
            ConsumerName.allCases.map(\.deadQueue.rawValue) == [
                "repazoo.ingest.dead", "repazoo.analyze.dead", "repazoo.export.dead", "repazoo.retention.dead",
                "repazoo.monitor.dead", "repazoo.alert.dead",
            ])
        #expect(QueueName.unroutable.rawValue == "repazoo.unroutable")
        #expect(QueueName.ingest.dead.dead == QueueName.ingest.dead)
        #expect(QueueName.ingest.dead.isDead && !QueueName.ingest.isDead)
    }

    @Test func exchanges() {
        let exchanges: [ExchangeName] = [.requests, .ticks, .events, .dead, .delayDeliver, .unroutable]
        #expect(
            exchanges.map(\.rawValue) == [
                "repazoo.requests", "repazoo.ticks", "repazoo.events", "repazoo.dead", "repazoo.delay.deliver",
                "repazoo.unroutable",
            ])
        #expect(exchanges.map(\.isMandatory) == [true, true, false, true, true, true])
    }

    @Test func routingKeys() {
        let keys: [RoutingKey] = [.ingest, .analyze, .export, .erase, .retention, .monitor]
        #expect(keys.map(\.rawValue) == ["ingest", "analyze", "export", "erase", "retention", "monitor"])
        #expect(RoutingKey.event(.alertOpened).rawValue == "alert.opened")
        #expect(RoutingKey.dead(.ingest).rawValue == "repazoo.ingest")
    }

    @Test func messageTypes() {
        #expect(
            MessageType.all.map(\.rawValue) == [
                "repazoo.ingest.v1", "repazoo.analyze.v1", "repazoo.export.v1", "repazoo.erase.v1", "repazoo.tick.v1",
                "repazoo.event.v1",
            ])
        #expect(
            ConsumerName.allCases.map(\.acceptedTypes) == [
                [.ingest], [.analyze], [.export], [.tick, .erase], [.tick], [.event],
            ])
        #expect(ConsumerName.ingest.program == "repazoo-ingest")
    }

    @Test func headers() {
        let names = [
            HeaderName.attempt, HeaderName.history, HeaderName.deadline, HeaderName.reason, HeaderName.origin,
            HeaderName.traceparent, HeaderName.tracestate,
        ]
        #expect(
            names == [
                "repazoo-attempt", "repazoo-history", "repazoo-deadline", "repazoo-reason", "repazoo-origin",
                "traceparent",
                "tracestate",
            ])
        #expect(!names.contains(where: HeaderName.isOwnedByBroker))
        #expect(["x-death", "x-first-death-queue", "x-delivery-count"].allSatisfy(HeaderName.isOwnedByBroker))
    }

    @Test func reasons() {
        #expect(
            DeadLetterReason.allCases.map(\.rawValue) == [
                "invalid_message", "crash_loop", "attempts_exhausted", "permanent_failure", "deadline_passed",
                "expired", "rejected", "maxlen", "unknown",
            ])
        #expect(
            RefusalReason.allCases.map(\.rawValue) == [
                "unknown_user", "user_erased", "no_consent", "consent_expired", "consent_revoked", "reconsent_needed",
                "no_subscription",
                "quota_exceeded", "account_protected", "account_suspended", "account_gone", "nothing_to_analyze",
                "model_refused", "legal_hold", "slot_in_future", "slot_too_old",
            ])
        #expect(
            PostponementReason.allCases.map(\.rawValue) == [
                "rate_limited", "usage_capped", "limit_unknown", "circuit_open", "provider_overloaded", "user_busy",
                "batch_running", "long_delay", "more_to_do",
            ])
    }

    @Test func events() {
        #expect(
            EventName.all.map(\.rawValue) == [
                "ingest.completed", "ingest.refused", "analysis.completed", "analysis.refused", "export.ready",
                "export.refused", "erasure.completed", "erasure.refused", "retention.completed", "alert.opened",
                "alert.acknowledged", "alert.resolved", "alert.reminder",
            ])
    }
}
