import Crypto
import CryptoExtras
import FoundationEssentials
import Privacy

/// How tokens may be signed. Nothing else is taken: neither `none` nor a code made with a shared secret, for which the public key
/// could be passed off (RFC 8725, sections 2.1 and 3.1).
enum TokenAlgorithm: String, Sendable {
    case rs256 = "RS256"
    case es256 = "ES256"
}

/// A public key of the provider's (RFC 7517), good for one algorithm.
struct JSONWebKey: Sendable {
    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    /// Below, a key can be broken; above, whoever publishes it makes us work (RFC 7518, section 3.3).
    private static let bits = 2048...8192
    private static let mostKeys = 64

    let id: String?
    let algorithm: TokenAlgorithm
    private let material: Material

    /// The keys of a set that we can use; the others may be for others.
    static func all(in document: JSONValue) throws(OpenIDFault) -> [JSONWebKey] {
        guard let keys = document["keys"]?.elements, keys.count <= mostKeys else {
            throw OpenIDFault(.providerMalformed)
        }
        return keys.compactMap { JSONWebKey($0) }
    }

    /// Nil for a key of another kind or use.
    init?(_ key: JSONValue) {
        guard key["use"].map({ $0.string == "sig" }) ?? true, let found = Self.rsa(key) ?? Self.p256(key) else {
            return nil
        }
        (algorithm, material) = found
        guard key["alg"].map({ $0.string == found.0.rawValue }) ?? true else { return nil }
        id = key["kid"]?.string
    }

    func signed(_ signature: [UInt8], _ bytes: [UInt8]) -> Bool {
        switch material {
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: bytes),
                padding: .insecurePKCS1v1_5)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: bytes))
        }
    }

    private static func rsa(_ key: JSONValue) -> (TokenAlgorithm, Material)? {
        guard key["kty"]?.string == "RSA", let modulus = number(key["n"]), let exponent = number(key["e"]),
            bits.contains(modulus.count * 8), (1...4).contains(exponent.count),
            let made = try? _RSA.Signing.PublicKey(n: modulus, e: exponent), bits.contains(made.keySizeInBits)
        else { return nil }
        return (.rs256, .rsa(made))
    }

    private static func p256(_ key: JSONValue) -> (TokenAlgorithm, Material)? {
        guard key["kty"]?.string == "EC", key["crv"]?.string == "P-256", let x = number(key["x"]),
            let y = number(key["y"]),
            x.count == 32, y.count == 32, let made = try? P256.Signing.PublicKey(x963Representation: [4] + x + y)
        else { return nil }
        return (.es256, .p256(made))
    }

    private static func number(_ value: JSONValue?) -> [UInt8]? { value?.string.flatMap { Base64URL.decode($0) } }
}
