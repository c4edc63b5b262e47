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
    ]

    /// Whether one of them begins with this byte, for each of ASCII.
    static let openings: InlineArray<128, Bool> = {
        var openings = InlineArray<128, Bool>(repeating: false)
        for shape in all { openings[Int(shape.prefix.utf8Start[0])] = true }
        return openings
    }()
}
