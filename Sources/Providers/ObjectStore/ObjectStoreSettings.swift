import FoundationEssentials
public import HTTPTransport

/// Which store, as `EXPORT_STORE` names it.
public enum ObjectStoreSettings: Sendable {
    case folder(String)
    case bucket(S3Settings)

    /// What is wrong with a variable.
    public struct Fault: Error, Sendable {
        public let variable: String
        public let problem: String
    }

    public func store(http: HTTPClient) -> any ObjectStore {
        switch self {
        case .folder(let root): FolderStore(root: root)
        case .bucket(let settings): S3Store(settings, http: http)
        }
    }

    /// - Parameter variable: The value of a variable of the environment, nil if it is not set.
    public init(reading variable: (String) -> String?) throws(Fault) {
        guard let text = variable("EXPORT_STORE") else {
            self = .folder(try Self.stateFolder(variable) + "/exports")
            return
        }
        if text.hasPrefix("file://") {
            self = .folder(try Self.folder(text))
        } else if text.hasPrefix("s3://") {
            self = .bucket(try Self.bucket(text.dropFirst(5), variable))
        } else {
            throw Fault(variable: "EXPORT_STORE", problem: "expected file:///folder or s3://bucket/prefix")
        }
    }

    /// systemd's `STATE_DIRECTORY`, else that of the XDG base directories.
    private static func stateFolder(_ variable: (String) -> String?) throws(Fault) -> String {
        if let folder = variable("STATE_DIRECTORY")?.split(separator: ":").first { return String(folder) }
        if let folder = variable("XDG_STATE_HOME"), folder.hasPrefix("/") { return folder + "/repazoo" }
        if let home = variable("HOME"), home.hasPrefix("/") { return home + "/.local/state/repazoo" }
        throw Fault(variable: "EXPORT_STORE", problem: "is not set, and there is no HOME to find a folder in")
    }

    private static func folder(_ text: String) throws(Fault) -> String {
        let path = URL(string: text)?.path(percentEncoded: false) ?? ""
        guard text.hasPrefix("file:///"), path.hasPrefix("/"), !path.utf8.contains(0),
            !path.split(separator: "/").contains("..")
        else {
            throw Fault(
                variable: "EXPORT_STORE",
                problem: "expected file:// and an absolute path, such as file:///var/lib/repazoo")
        }
        let trimmed = path.split(separator: "/").joined(separator: "/")
        guard !trimmed.isEmpty else {
            throw Fault(
                variable: "EXPORT_STORE", problem: "names the root of the file system; give a folder of its own")
        }
        return "/" + trimmed
    }

    private static func bucket(
        _ text: Substring, _ variable: (String) -> String?
    ) throws(Fault) -> S3Settings {
        let parts = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard let bucket = parts.first, isBucket(bucket),
            ObjectKey((["p"] + parts.dropFirst()).joined(separator: "/")) != nil
        else {
            throw Fault(
                variable: "EXPORT_STORE", problem: "expected s3://bucket/prefix, of letters, digits, '.', '_' and '-'")
        }
        func needed(_ name: String, _ expected: String) throws(Fault) -> String {
            guard let value = variable(name) else {
                throw Fault(
                    variable: name, problem: "is not set, and EXPORT_STORE names a bucket; expected \(expected)")
            }
            return value
        }
        let region = try needed("AWS_REGION", "a region such as eu-central-1")
        guard let sse = variable("EXPORT_STORE_ENCRYPTION").map({ S3Settings.Encryption(rawValue: $0) }) ?? .aes256
        else {
            throw Fault(variable: "EXPORT_STORE_ENCRYPTION", problem: "must be AES256, aws:kms or none")
        }
        let endpoint = variable("AWS_ENDPOINT_URL")
        let base = endpoint.map { BaseURL($0)?.text }
        if let base, base == nil {
            throw Fault(variable: "AWS_ENDPOINT_URL", problem: "must be https://… (http://… on this machine only)")
        }
        return S3Settings(
            bucket: bucket, prefix: parts.dropFirst().joined(separator: "/"), region: region, endpoint: base ?? nil,
            credentials: AWSCredentials(
                accessKeyID: try needed("AWS_ACCESS_KEY_ID", "the id of a key pair"),
                secretAccessKey: try needed("AWS_SECRET_ACCESS_KEY", "the secret half of the key pair"),
                sessionToken: variable("AWS_SESSION_TOKEN")),
            encryption: sse)
    }

    private static func isBucket(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count) && ObjectKey(name) != nil && !name.contains("_")
            && name == name.lowercased()
    }
}
