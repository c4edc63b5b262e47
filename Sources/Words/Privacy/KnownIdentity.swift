/// What is known about a person whose texts are sanitized: each of these is replaced wherever it stands as a word.
public struct KnownIdentity: Sendable {
    /// With or without the leading `@`.
    public var handle: String?
    public var displayName: String?
    public var email: String?

    public init(handle: String? = nil, displayName: String? = nil, email: String? = nil) {
        self.handle = handle
        self.displayName = displayName
        self.email = email
    }
}

/// Finds known identities, whatever their case, at word boundaries.
struct IdentityMatcher {
    private var names: [(kind: PersonalKind, scalars: [Unicode.Scalar])] = []

    init(_ identities: [KnownIdentity]) {
        for identity in identities {
            add(.email, identity.email)
            add(.user, identity.displayName)
            add(.user, identity.handle.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 })
        }
        names.sort { $0.scalars.count > $1.scalars.count }
    }

    var isEmpty: Bool { names.isEmpty }

    func findings(in text: String) -> [Finding] {
        let text = text.unicodeScalars
        var scalars: [Unicode.Scalar] = []
        var offsets: [Int] = []
        var offset = 0
        for scalar in text {
            for folded in Self.fold(scalar) {
                scalars.append(folded)
                offsets.append(offset)
            }
            offset += UTF8.width(scalar)
        }
        offsets.append(offset)
        var findings: [Finding] = []
        var index = 0
        while index < scalars.count {
            guard let name = names.first(where: { stands($0.scalars, at: index, in: scalars) }) else {
                index += 1
                continue
            }
            let end = index + name.scalars.count
            findings.append(Finding(kind: name.kind, range: offsets[index]..<offsets[end]))
            index = end
        }
        return findings
    }

    private mutating func add(_ kind: PersonalKind, _ name: String?) {
        guard let name, name.unicodeScalars.count >= 2 else { return }
        names.append((kind, name.unicodeScalars.flatMap(Self.fold)))
    }

    private func stands(_ name: [Unicode.Scalar], at index: Int, in text: [Unicode.Scalar]) -> Bool {
        guard text[index] == name[0], index + name.count <= text.count else { return false }
        guard text[index..<(index + name.count)].elementsEqual(name) else { return false }
        let opens = index == 0 || !(Self.joins(text[index - 1]) && Self.joins(name[0]))
        let end = index + name.count
        return opens && (end == text.count || !(Self.joins(text[end]) && Self.joins(name[name.count - 1])))
    }

    private static func fold(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        scalar.isASCII
            ? [Unicode.Scalar(UInt8(scalar.value).lowered)] : Array(scalar.properties.lowercaseMapping.unicodeScalars)
    }

    /// Whether a scalar makes a word with its neighbour. Scripts without spaces between words do not.
    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return UInt8(scalar.value).isWord }
        return scalar.value < 0x2E80 && scalar.properties.isAlphabetic
    }
}
