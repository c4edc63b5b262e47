public import HTTPTransport

/// A bucket of S3, or of a service that speaks like it.
public struct S3Settings: Sendable {
    public enum Encryption: String, CaseIterable, Sendable {
        case none
        /// Keys of S3's own.
        case aes256 = "AES256"
        case kms = "aws:kms"
    }

    public var bucket: String
    /// Without slashes at its ends; may be empty.
    public var prefix: String
    public var region: String
    /// `https://s3.<region>.amazonaws.com`, or another service's address. Without a slash at its end.
    public var endpoint: String
    public var credentials: AWSCredentials
    /// What S3 is told to do before it stores (`x-amz-server-side-encryption`).
    public var encryption: Encryption
    /// Of one part of a long object; S3 wants 5 MiB at least.
    public var partBytes: Int

    public init(
        bucket: String, prefix: String, region: String, endpoint: String? = nil, credentials: AWSCredentials,
        encryption: Encryption = .aes256, partBytes: Int = 6 << 20
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.region = region
        self.endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
        self.credentials = credentials
        self.encryption = encryption
        self.partBytes = partBytes
    }

    /// Path style: it works with every name of a bucket, and with services that have no wildcard certificate.
    var root: String { endpoint + "/" + bucket }

    func path(_ key: String) -> String { prefix.isEmpty ? key : prefix + "/" + key }
}
