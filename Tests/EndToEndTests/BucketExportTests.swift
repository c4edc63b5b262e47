import Contracts
import Crypto
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// An export by way of S3: request → bucket → the console's link → S3's own link → the file; gone when its time is over.
@Suite(.timeLimit(.minutes(3)))
struct BucketExportTests {
    private static let credentials = AWSCredentials(accessKeyID: "AKIATESTTESTTESTTEST", secretAccessKey: "canary-s3")

    @Test func fromRequestToDownloadAndItsEnd() async throws {
        try await S3Server.with { server in
            var plan = House.Plan()
            plan.hasSandbox = false
            plan.consumers = ["repazoo-export", "repazoo-retention"]
            plan.environment = [
                "EXPORT_STORE": "s3://exports-bucket/some/place", "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST",
                "AWS_SECRET_ACCESS_KEY": "canary-s3",
            ]
            let http = HTTPClient()
            let bucket = try Self.signed(.put, server.url + "/exports-bucket")
            try await eventually("moto answers") { (try? await http.send(HTTPRequest(.put, bucket)).status) == 200 }
            try await House.with(plan) { try await live($0, server) }
            await http.shutdown()
        }
    }

    private func live(_ house: House, _ server: S3Server) async throws {
        try await house.addUsers(1)
        try await house.postgres.query(
            """
            insert into twitter_data (user_id, tweet_id, text, retain_until)
            select 'user-1', n::text, 'canary of one' || repeat(md5(n::text), 8), now() + interval '1 day'
            from generate_series(1, 2000) n
            """)
        let (_, console) = try await house.startConsole()
        let asked = try await house.publish(ExportRequest(userID: try #require(UserID("user-1"))))
        let ready = try await house.exportReady(asked)
        let link = house.local(ready["link"], console)

        // The console hands on, and tells nobody's browser to remember it.
        let redirect = try await house.get(link)
        #expect(
            redirect.status == 302 && redirect.body.isEmpty
                && redirect.headers["cache-control"]?.contains("no-store") == true)
        let direct = try #require(redirect.headers["location"])
        #expect(direct.hasPrefix(server.url + "/exports-bucket/some/place/exports/\(ready.text("export_id"))/"))
        #expect(direct.contains("X-Amz-Expires=60&") && !direct.contains("canary-s3"))
        let file = try await house.get(direct)
        #expect(file.status == 200)
        let digest = SHA256.hash(data: file.body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(digest == ready.text("sha256"))
        try await opens(file.body, house)
        #expect(try await house.number("select downloads from data_exports") == 1)
        #expect(
            try await house.number(
                "select count(*) from audit_log where action = 'export.download' and (detail->>'redirected')::boolean")
                == 1)
        let unsigned = try #require(direct.split(separator: "?").first.map(String.init))
        let head = try await house.http.send(HTTPRequest(.head, try Self.signed(.head, unsigned)))
        #expect(head.headers["x-amz-server-side-encryption"] == "AES256")

        // Its time is over: the tick deletes all that lies there, and no link opens anything.
        try await house.postgres.query("update data_exports set expires_at = now()")
        #expect(try await house.get(link).status == 410)
        let tick = try await house.publish(Tick(schedule: "exports", slot: Date.now))
        #expect(try await house.outcome(of: tick, at: .retention) == "done")
        let gone = try await house.get(direct)
        #expect(gone.status >= 400 && gone.body != file.body, "S3's own link may still live, the object does not")
        let list = try await house.get(
            try Self.signed(.get, server.url + "/exports-bucket?list-type=2&prefix=some/place/exports/"))
        #expect(list.status == 200 && !String(decoding: list.body, as: UTF8.self).contains("<Key>"))
        #expect(try await house.get(link).status == 410)
    }

    private func opens(_ bytes: [UInt8], _ house: House) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("bucket") + ".zip")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let check = try Program("repazoo", ["exports", "verify", file.path], environment: [:])
        #expect(try await check.ended() == 0, "\(check.text())")
    }

    private static func signed(_ method: HTTPRequest.Method, _ url: String) throws -> String {
        try AWSSignature.presign(
            method, url, credentials: credentials, region: "us-east-1", at: Date(), expires: .seconds(60))
    }
}
