/// How keys and tokens look that their makers marked with a prefix, so that scanners know them.
struct KeyShape {
    enum Body {
        /// Letters, digits, `_` and `-`.
        case signs
        /// Capitals and digits only.
        case capitals
        /// Signs, and dots between them.
        case dotted
        /// Signs and `/`, `+`, `=`, `.`.
        case encoded
    }

    let prefix: StaticString
    /// The fewest characters behind the prefix.
    let least: Int
    var body = Body.signs
    /// Whether a digit must be among them: words of people's own making can begin alike.
    var needsDigit = false

    /// Sorted by first byte only where it reads better; each is compared by it first.
    static let all: [KeyShape] = [
        // Anthropic, OpenAI
        KeyShape(prefix: "sk-ant-", least: 8), KeyShape(prefix: "sk-proj-", least: 12),
        KeyShape(prefix: "sk-svcacct-", least: 12),
        KeyShape(prefix: "sk-admin-", least: 12), KeyShape(prefix: "sk-or-v1-", least: 12),
        KeyShape(prefix: "sk-", least: 13, needsDigit: true),
        // Stripe
        KeyShape(prefix: "sk_live_", least: 8), KeyShape(prefix: "sk_test_", least: 8),
        KeyShape(prefix: "rk_live_", least: 8),
        KeyShape(prefix: "rk_test_", least: 8), KeyShape(prefix: "pk_live_", least: 8),
        KeyShape(prefix: "pk_test_", least: 8),
        KeyShape(prefix: "whsec_", least: 8),
        // AWS: long-lived, temporary, and the ids of users, roles and groups are of the same form
        KeyShape(prefix: "AKIA", least: 12, body: .capitals), KeyShape(prefix: "ASIA", least: 12, body: .capitals),
        KeyShape(prefix: "ABIA", least: 16, body: .capitals), KeyShape(prefix: "ACCA", least: 16, body: .capitals),
        KeyShape(prefix: "A3T", least: 17, body: .capitals), KeyShape(prefix: "ABSK", least: 40, body: .encoded),
        // GitHub, GitLab
        KeyShape(prefix: "ghp_", least: 12), KeyShape(prefix: "gho_", least: 12), KeyShape(prefix: "ghu_", least: 12),
        KeyShape(prefix: "ghs_", least: 12), KeyShape(prefix: "ghr_", least: 12),
        KeyShape(prefix: "github_pat_", least: 16),
        KeyShape(prefix: "glpat-", least: 16, body: .dotted),
        // Slack
        KeyShape(prefix: "xoxb-", least: 8), KeyShape(prefix: "xoxp-", least: 8), KeyShape(prefix: "xoxa-", least: 8),
        KeyShape(prefix: "xoxr-", least: 8), KeyShape(prefix: "xoxs-", least: 8),
        KeyShape(prefix: "xoxo-", least: 8, needsDigit: true),
        KeyShape(prefix: "xoxe-", least: 8), KeyShape(prefix: "xoxc-", least: 8),
        KeyShape(prefix: "xoxd-", least: 8, body: .encoded),
        KeyShape(prefix: "xoxe.xox", least: 8, body: .dotted), KeyShape(prefix: "xapp-", least: 8),
        // Google
        KeyShape(prefix: "AIza", least: 20), KeyShape(prefix: "ya29.", least: 12, body: .dotted),
        KeyShape(prefix: "1//0", least: 20), KeyShape(prefix: "GOCSPX-", least: 16),
        // Others
        KeyShape(prefix: "eyJ", least: 12, body: .dotted), KeyShape(prefix: "gAAAAA", least: 20, body: .encoded),
        KeyShape(prefix: "SG.", least: 16, body: .dotted), KeyShape(prefix: "npm_", least: 20),
        KeyShape(prefix: "hf_", least: 20),
        KeyShape(prefix: "pypi-", least: 20), KeyShape(prefix: "dop_v1_", least: 20),
        KeyShape(prefix: "shpat_", least: 16),
        KeyShape(prefix: "AAAAAAAAAAAAAAAA", least: 24, body: .encoded),
        KeyShape(prefix: "glrt-", least: 16), KeyShape(prefix: "gldt-", least: 16),
        KeyShape(prefix: "glsa_", least: 20),
        KeyShape(prefix: "gsk_", least: 20), KeyShape(prefix: "xai-", least: 20, needsDigit: true),
        KeyShape(prefix: "pplx-", least: 20, needsDigit: true), KeyShape(prefix: "nvapi-", least: 20, needsDigit: true),
        KeyShape(prefix: "r8_", least: 20, needsDigit: true), KeyShape(prefix: "sess-", least: 20, needsDigit: true),
        KeyShape(prefix: "hvs.", least: 12, body: .dotted, needsDigit: true),
        KeyShape(prefix: "dapi", least: 32, needsDigit: true), KeyShape(prefix: "dckr_pat_", least: 12),
        KeyShape(prefix: "figd_", least: 20), KeyShape(prefix: "lin_api_", least: 20),
        KeyShape(prefix: "ntn_", least: 20, needsDigit: true), KeyShape(prefix: "PMAK-", least: 20, needsDigit: true),
        KeyShape(prefix: "rubygems_", least: 20), KeyShape(prefix: "rzp_live_", least: 8),
        KeyShape(prefix: "rzp_test_", least: 8), KeyShape(prefix: "sbp_", least: 20, needsDigit: true),
        KeyShape(prefix: "sb_secret_", least: 12), KeyShape(prefix: "secret_", least: 30, needsDigit: true),
        KeyShape(prefix: "shpss_", least: 16), KeyShape(prefix: "shpca_", least: 16),
        KeyShape(prefix: "shppa_", least: 16),
        KeyShape(prefix: "sntrys_", least: 20), KeyShape(prefix: "sntryu_", least: 20),
        KeyShape(prefix: "sq0atp-", least: 16), KeyShape(prefix: "sq0csp-", least: 16),
        KeyShape(prefix: "tskey-", least: 12, needsDigit: true), KeyShape(prefix: "key-", least: 32, needsDigit: true),
        KeyShape(prefix: "AGE-SECRET-KEY-", least: 20), KeyShape(prefix: "ATATT3", least: 20),
        KeyShape(prefix: "EAACEdEose0cBA", least: 8), KeyShape(prefix: "AQ.Ab", least: 20, body: .dotted),
    ]

    /// The same by first byte, so that few are compared.
    static let table = KeyTable(all)
}

/// Shapes by their first bytes, asked about every word in a long run.
///
/// `@unchecked Sendable`: nothing is written once `init` is over, and the memory, being static, is never freed, so that asking
/// counts no references.
struct KeyTable: @unchecked Sendable {
    private let shapes: UnsafeMutablePointer<KeyShape>
    /// By first byte, where those that begin with it lie.
    private let starts: UnsafeMutablePointer<Int>
    /// By first byte, one bit for each of the second ones, by their last five bits.
    private let seconds: UnsafeMutablePointer<UInt32>

    init(_ all: [KeyShape]) {
        let sorted = all.sorted { $0.prefix.utf8Start[0] < $1.prefix.utf8Start[0] }
        shapes = .allocate(capacity: all.count)
        shapes.initialize(from: sorted, count: all.count)
        starts = .allocate(capacity: 129)
        seconds = .allocate(capacity: 128)
        seconds.initialize(repeating: 0, count: 128)
        for first in 0...128 {
            (starts + first).initialize(to: sorted.firstIndex { $0.prefix.utf8Start[0] >= first } ?? all.count)
        }
        for shape in all { seconds[Int(shape.prefix.utf8Start[0])] |= 1 << UInt32(shape.prefix.utf8Start[1] & 31) }
    }

    /// Whether one may begin with these two bytes, of which the first must be ASCII.
    @inline(__always)
    func mayBegin(with first: UInt8, _ second: UInt8) -> Bool {
        seconds[Int(first)] >> UInt32(second & 31) & 1 == 1
    }

    /// Those that begin with `first`, which must be ASCII.
    @inline(__always)
    subscript(first: UInt8) -> UnsafeBufferPointer<KeyShape> {
        UnsafeBufferPointer(start: shapes + starts[Int(first)], count: starts[Int(first) + 1] - starts[Int(first)])
    }
}
