import Foundation
import HTTPTransport
import TestKit
import Testing

@testable import ObjectStore

/// What is true of S3 only.
@Suite(.timeLimit(.minutes(2)))
struct S3Tests {
    @Test func encryptionIsAskedForAndADirectLinkOpens() async throws {
        try await Bucket.with { bucket in
            let bytes = pattern(7 << 20)
            try await bucket.store.put(key("e/short"), [1, 2, 3])
            try await bucket.store.put(key("e/long"), bytes)
            for name in ["short", "long"] {
                let head = try await bucket.caller.send(.init(method: .head, path: "some/place/e/\(name)"))
                #expect(head.headers["x-amz-server-side-encryption"] == "AES256", "\(name)")
            }
            let link = try #require(
                try bucket.store.directLink(
                    to: key("e/long"), fileName: "export.zip", contentType: "application/zip", at: Date(),
                    expires: .seconds(60)))
            #expect(link.contains("X-Amz-Expires=60") && !link.contains("secret"))
            let answer = try await bucket.http.send(HTTPRequest(.get, link, maxResponseBytes: 8 << 20))
            #expect(answer.status == 200 && answer.body == bytes)
            // moto does not play the overrides of an answer's head; that they are asked for can be seen.
            #expect(link.contains("response-content-disposition=attachment%3B%20filename%3D%22export.zip%22"))
            #expect(link.contains("response-cache-control=no-store"))
        }
    }

    @Test func whatS3RefusesIsSaidInPlainWords() async throws {
        try await Bucket.with { bucket in
            var settings = bucket.settings
            settings.bucket = "no-such-bucket"
            let error = await #expect(throws: ObjectStoreError.self) {
                try await S3Store(settings, http: bucket.http).put(key("a"), [1])
            }
            #expect(error?.kind == .refused)
            #expect(error.map { "\($0)".contains("NoSuchBucket") && "\($0)".contains("EXPORT_STORE") } == true)
        }
    }

    @Test func aServerThatIsAwayIsWorthAnotherTry() async throws {
        let settings = S3Settings(
            bucket: "bucket", prefix: "", region: "x", endpoint: "http://127.0.0.1:1",
            credentials: AWSCredentials(accessKeyID: "a", secretAccessKey: "b"))
        let http = HTTPClient()
        let error = await #expect(throws: ObjectStoreError.self) {
            try await S3Store(settings, http: http).put(key("a"), [1])
        }
        #expect(error?.kind == .unavailable)
        await http.shutdown()
    }

    /// A part that broke off on its way, and an answer that did: each is sent again, and nothing is left lying about.
    @Test func whatBreaksOffIsSentAgain() async throws {
        try await Bucket.with { bucket in
            let wire = try FaultyWire(before: bucket.settings.endpoint)
            defer { wire.end() }
            var settings = bucket.settings
            settings.endpoint = wire.url(settings.endpoint)
            let (store, bytes) = (S3Store(settings, http: bucket.http), pattern(11 << 20))
            wire.tell(.cut(after: 3 << 20, .toServer))
            try await store.put(key("e/long"), bytes)
            wire.tell(.cut(after: 40, .toClient))
            try await store.put(key("e/short"), [1, 2, 3])
            #expect(wire.struck == 2)
            wire.tell(nil)
            #expect(try await store.get(key("e/long"), maximum: 12 << 20) == bytes)
            #expect(try await store.get(key("e/short")) == [1, 2, 3])
            #expect(try await store.abortBeginnings(under: "", before: .distantFuture) == 0)
        }
    }

    @Test func settingsAreReadAndFaultsNamed() throws {
        var environment = [
            "EXPORT_STORE": "s3://some-bucket/a/b/", "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
        ]
        func read() throws -> ObjectStoreSettings { try ObjectStoreSettings { environment[$0] } }
        guard case .bucket(let settings) = try read() else {
            Issue.record("a bucket")
            return
        }
        #expect(settings.bucket == "some-bucket" && settings.prefix == "a/b" && settings.encryption == .aes256)
        #expect(settings.endpoint == "https://s3.eu-west-1.amazonaws.com")
        for (name, value) in [
            ("AWS_REGION", nil), ("AWS_ENDPOINT_URL", "http://example.com"), ("EXPORT_STORE_ENCRYPTION", "rot13"),
            ("EXPORT_STORE", "ftp://x"), ("EXPORT_STORE", "file://host/x"), ("EXPORT_STORE", "file:///"),
            ("EXPORT_STORE", "file:///a/../b"), ("EXPORT_STORE", "s3://Bucket"),
        ] as [(String, String?)] {
            let before = environment
            environment[name] = value
            #expect(throws: ObjectStoreSettings.Fault.self, "\(name)=\(value ?? "")") { try read() }
            environment = before
        }
        environment = ["HOME": "/home/x"]
        guard case .folder("/home/x/.local/state/repazoo/exports") = try read() else {
            Issue.record("the state folder")
            return
        }
    }
}
