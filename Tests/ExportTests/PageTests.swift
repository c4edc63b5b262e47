import Foundation
import TestKit
import Testing

@testable import Export

/// `index.html` as people see it.
@Suite(.timeLimit(.minutes(2)))
struct PageTests {
    @Test func itOpensOfflineSearchesAndDraws() async throws {
        try await ExportScope.with { scope in
            try await scope.addUser("user-1")
            try await scope.postgres.atomically([
                """
                insert into twitter_data (user_id, tweet_id, text, posted_at, retain_until)
                select 'user-1', n::text, 'number ' || n || case n when 117 then ' zebra' else '' end, now() - make_interval(days => n), now() from generate_series(1, 120) n
                """,
                """
                insert into analyses (user_id, message_id, kind, model, sentiment, score, result, tweets_analyzed, input_tokens,
                    output_tokens, retain_until)
                values ('user-1', gen_random_uuid()::text, 'sentiment', 'm', 'mixed', -0.125, '{"tweets": []}', 3, 10, 20, now())
                """,
            ])
            let row = try await scope.claimed("user-1")
            let (_, seal) = try await scope.make(row, "user-1")
            let page = FileManager.default.temporaryDirectory.appending(path: uniqueName("page") + ".html")
            try Data(try await scope.document(row, seal, "index.html")).write(to: page)
            defer { try? FileManager.default.removeItem(at: page) }
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../Browser/export_page.py"
            ).path
            let end = try await SystemTool.run("/usr/bin/python3", [script, page.path])
            #expect(end.code == 0 && end.text.contains("the page is whole"), "\(end.text.suffix(2000))")
        }
    }
}
