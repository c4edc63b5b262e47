import Testing

@testable import Postgres

/// Decisions that need no server.
@Suite struct StateTests {
    @Test func poolPrefersIdleConnectionsAndRespectsItsLimits() {
        var state = PoolState(maxConnections: 2, depth: 2)
        #expect(state.assign(.shared, canOpenMore: true) == nil)
        #expect(state.missing(waiting: 1) == 1)
        state.connectStarted()
        #expect(state.missing(waiting: 1) == 0 && state.missing(waiting: 9) == 1)
        state.connected(1)
        #expect(state.assign(.shared, canOpenMore: true) == 1)
        #expect(state.assign(.shared, canOpenMore: true) == nil && state.assign(.shared, canOpenMore: false) == 1)
        state.release(1, .shared)
        state.release(1, .shared)
        state.connectStarted()
        state.connected(2)
        #expect(state.assign(.shared, canOpenMore: true) == 1 && state.assign(.exclusive, canOpenMore: true) == 2)
        #expect(state.assign(.exclusive, canOpenMore: true) == nil)
        #expect(state.assign(.shared, canOpenMore: true) == 1 && state.assign(.shared, canOpenMore: true) == nil)
        state.release(2, .exclusive)
        #expect(state.assign(.shared, canOpenMore: true) == 2)
        state.lost(1)
        state.release(1, .shared)
        #expect(state.count == 1 && state.load == 1)
    }

    @Test func cacheEvictsTheLeastRecentlyUsed() {
        var cache = StatementCache(capacity: 2)
        guard case .new(let first, nil) = cache.lookUp("a"), case .new(let second, nil) = cache.lookUp("b") else {
            Issue.record("both are new")
            return
        }
        guard case .prepared(first) = cache.lookUp("a"), case .new(_, second) = cache.lookUp("c") else {
            Issue.record("b is the oldest")
            return
        }
        cache.forget("a", name: "another")
        #expect(cache.count == 2)
        cache.forget("a", name: first)
        #expect(cache.count == 1)
    }

    @Test func queueKeepsItsOrder() {
        var queue = FIFO<Int>()
        var expected = 0
        for number in 0..<1000 {
            queue.append(number)
            if number % 3 == 2 {
                #expect(queue.popFirst() == expected)
                expected += 1
            }
        }
        while let next = queue.popFirst() {
            #expect(next == expected)
            expected += 1
        }
        #expect(expected == 1000 && queue.isEmpty)
    }

    @Test func onlyHarmlessFailuresAreRepeated() {
        func progress(_ kind: RequestProgress.Kind, cached: Bool, _ state: SQLState) -> RequestProgress {
            var progress = RequestProgress(kind: kind)
            progress.expect(.execute(index: 0, name: "rz1", wasCached: cached))
            var error = PostgresError(.server, "")
            error.sqlState = state
            _ = progress.receive(.failed(error))
            return progress
        }
        #expect(progress(.autocommit, cached: true, .invalidStatementName).mayRepeat(isVictimOfCancel: false))
        #expect(!progress(.autocommit, cached: false, .featureNotSupported).mayRepeat(isVictimOfCancel: false))
        #expect(!progress(.inTransaction, cached: true, .invalidStatementName).mayRepeat(isVictimOfCancel: false))
        #expect(progress(.atomic, cached: true, .queryCanceled).mayRepeat(isVictimOfCancel: true))
        #expect(!progress(.atomic, cached: true, .queryCanceled).mayRepeat(isVictimOfCancel: false))
        #expect(!progress(.commit, cached: true, .queryCanceled).mayRepeat(isVictimOfCancel: true))
    }

    @Test func fetchSizeKeepsABatchNearAMebibyte() {
        var size = FetchSize()
        for _ in 0..<5 { size.learn(rows: size.rows, bytes: size.rows * 100) }
        #expect(size.rows == 8192)
        size.learn(rows: 64, bytes: 64 << 20)
        #expect(size.rows == 1)
    }
}
