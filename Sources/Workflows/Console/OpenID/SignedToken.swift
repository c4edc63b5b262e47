import Privacy

/// A token in the compact form (RFC 7515, section 7.1): header, claims and signature. What it claims is to be believed only after
/// `isSigned(by:)`.
struct SignedToken: Sendable {
    private static let mostBytes = 32 << 10

    let algorithm: TokenAlgorithm
    let keyID: String?
    let claims: JSONValue
    private let signedText: [UInt8]
    private let signature: [UInt8]

    init(_ text: String) throws(OpenIDFault) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.mostBytes, parts.count == 3, let header = Self.object(parts[0]),
            let name = header["alg"]?.string
        else { throw OpenIDFault(.tokenMalformed) }
        guard let algorithm = TokenAlgorithm(rawValue: name) else { throw OpenIDFault(.algorithmRefused) }
        // What an extension means that must be understood, we do not know (RFC 7515, section 4.1.11).
        guard header["crit"] == nil, header["typ"].map({ $0.string?.uppercased() == "JWT" }) ?? true,
            let claims = Self.object(parts[1]), let signature = Base64URL.decode(parts[2])
        else { throw OpenIDFault(.tokenMalformed) }
        self.algorithm = algorithm
        keyID = header["kid"]?.string
        self.claims = claims
        self.signature = signature
        signedText = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// The key that it names, of its algorithm; without a name only if there is but one.
    func key(among keys: [JSONWebKey]) -> JSONWebKey? {
        let fitting = keys.filter { $0.algorithm == algorithm && (keyID == nil || $0.id == keyID) }
        return fitting.count == 1 ? fitting.first : nil
    }

    func isSigned(by key: JSONWebKey) -> Bool { key.algorithm == algorithm && key.signed(signature, signedText) }

    private static func object(_ text: Substring) -> JSONValue? {
        guard let bytes = Base64URL.decode(text),
            let value = try? JSONValue(parsing: bytes, maximumBytes: mostBytes, maximumDepth: 16), value.members != nil
        else { return nil }
        return value
    }
}
