import Foundation
import HTTPTransport
import TestKit

@testable import ObjectStore

/// A store of a test's own of one kind, for the suite that every store must pass.
enum StoreKind: String, CaseIterable {
    case folder, bucket

    func with(_ body: (any ObjectStore) async throws -> Void) async throws {
        switch self {
        case .folder: try await TemporaryFolder.with { try await body(FolderStore(root: $0 + "/store")) }
        case .bucket: try await Bucket.with { try await body($0.store) }
        }
    }
}

enum TemporaryFolder {
    static func with(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: uniqueName("objects")).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}

/// A fresh bucket at moto, with parts of 5 MiB, the least that S3 takes.
struct Bucket: Sendable {
    let settings: S3Settings
    let http: HTTPClient
    var store: S3Store { S3Store(settings, http: http) }
    var caller: S3Caller { S3Caller(settings: settings, http: http) }

    static func with(_ body: (Bucket) async throws -> Void) async throws {
        try await S3Server.with { server in
            let settings = S3Settings(
                bucket: "test-bucket", prefix: "some/place", region: "eu-central-1", endpoint: server.url,
                credentials: AWSCredentials(accessKeyID: "AKIATESTTESTTESTTEST", secretAccessKey: "secret"),
                partBytes: 5 << 20)
            let bucket = Bucket(settings: settings, http: HTTPClient())
            let configuration =
                "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
            _ = try await bucket.caller.send(S3Caller.Call(method: .put, body: Array(configuration.utf8)))
            do { try await body(bucket) } catch {
                await bucket.http.shutdown()
                throw error
            }
            await bucket.http.shutdown()
        }
    }
}

extension ObjectBody {
    func all() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self { bytes += piece }
        return bytes
    }
}

func key(_ text: String) -> ObjectKey { ObjectKey(text)! }

/// So many bytes that differ from place to place.
func pattern(_ count: Int) -> [UInt8] { Array(noise[..<count]) }

private let noise: [UInt8] = {
    var words = [UInt64](repeating: 0, count: (12 << 20) / 8)
    var state: UInt64 = 88_172_645_463_325_252
    for index in words.indices {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        words[index] = state
    }
    return words.withUnsafeBytes { Array($0) }
}()
