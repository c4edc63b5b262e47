import Testing

/// The vectors of https://github.com/fernet/spec (generate.json, verify.json, invalid.json).
enum FernetVectors {
    static let secret = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    /// 1985-10-26T01:20:00-07:00
    static let madeAt = 499_162_800.0
    static let hello =
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="

    struct Invalid: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let token: String
        let now: Double
    }

    static let invalid = [
        Invalid(
            testDescription: "incorrect mac",
            token:
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            now: madeAt + 1),
        Invalid(
            testDescription: "too short", token: "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
            now: madeAt + 1),
        Invalid(
            testDescription: "invalid base64",
            token:
                "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            now: madeAt + 1),
        Invalid(
            testDescription: "payload size not multiple of block size",
            token: "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
            now: madeAt + 1),
        Invalid(
            testDescription: "payload padding error",
            token:
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
            now: madeAt + 1),
        Invalid(
            testDescription: "far-future TS (unacceptable clock skew)",
            token:
                "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
            now: madeAt + 1),
        Invalid(
            testDescription: "expired TTL",
            token:
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            now: madeAt + 91),
        Invalid(
            testDescription: "incorrect IV (causes padding error)",
            token:
                "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
            now: madeAt + 1),
    ]
}
