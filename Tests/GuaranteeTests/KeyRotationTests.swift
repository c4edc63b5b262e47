import Contracts
import Foundation
import HouseKit
import Privacy
import TestKit
import Testing
import TokenVault

extension TokensAreSafe {
    /// Every row goes under the new key while a consumer works with them; broken off, it is just run again.
    @Test func keysAreRotatedOnline() async throws {
        try await House.with(.empty, rotate)
    }

    private func rotate(_ house: House) async throws {
        let (old, new) = (try #require(house.environment["ENCRYPTION_KEY"]), FernetKey.generate())
        for number in 0..<30 {
            try await house.addUser(
                "user-80\(number)", account: "80\(number)", tweets: 5, expiresIn: number % 3 == 0 ? -1 : 7200)
        }
        // One is spent, and must stay so under its new text; one is under way, and is left alone; one nobody can read.
        try await house.postgres.query(
            """
            update oauth_tokens set refresh_sent_for = token_mark(refresh_token),
                refresh_sent_at = case when user_id = 'user-801' then 'epoch' else now() end
            where user_id in ('user-801', 'user-802')
            """)
        try await house.postgres.query("update oauth_tokens set access_token = 'damaged' where user_id = 'user-804'")
        let both = ["ENCRYPTION_KEY": "\(new),\(old)"]
        let consumer = try house.start("repazoo-ingest", [], both)
        var ids: [MessageID] = []
        for number in [0, 3, 5, 6, 9, 12, 15, 18, 21, 24] { ids.append(try await house.ingest("user-80\(number)")) }

        let dry = try house.start("repazoo", ["keys", "rotate", "--dry-run"], both)
        #expect(try await dry.ended() == 1, "one cannot be read")
        #expect(dry.text().contains("would be put under the first key"))
        let rotation = try house.start("repazoo", ["keys", "rotate"], both)
        #expect(try await rotation.ended() == 1)
        #expect(rotation.text().contains(" left: "), "one at least: more when the consumer is refreshing just then")
        #expect(rotation.text().contains("under no key"))
        #expect(!rotation.text().contains(new) && !rotation.text().contains("sandbox-"))
        for id in ids { #expect(try await house.outcome(of: id, at: .ingest) == "done") }

        // Nothing is refreshed any more: only the row that is under way is left.
        let quiet = try house.start("repazoo", ["keys", "rotate"], both)
        #expect(try await quiet.ended() == 1)
        #expect(quiet.text().contains("1 left: "), "\(quiet.text())")

        try await house.postgres.atomically([
            "delete from oauth_tokens where user_id = 'user-804'",
            "update oauth_tokens set refresh_sent_at = now() - interval '3 minutes' where user_id = 'user-802'",
        ])
        let rest = try house.start("repazoo", ["keys", "rotate"], both)
        #expect(try await rest.ended() == 0)
        #expect(try await consumer.stop() == 0)
        #expect(
            try await house.number(
                "select count(*) from oauth_tokens where refresh_sent_for = token_mark(refresh_token)") == 2,
            "what is spent is spent under its new text too")

        // The old key is needed no more.
        let vault = try TokenVault(keys: SecretString(new))
        for row in try await house.postgres.query("select access_token from oauth_tokens") {
            _ = try vault.decrypt(try row.decode(String.self, "access_token"))
        }
        try house.start("repazoo-ingest", [], ["ENCRYPTION_KEY": new])
        let last = try await house.ingest("user-805")
        #expect(try await house.outcome(of: last, at: .ingest) == "done")
    }
}
