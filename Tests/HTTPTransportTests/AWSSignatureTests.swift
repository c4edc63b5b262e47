import FoundationEssentials
import HTTPTransport
import Testing

@Suite struct AWSSignatureTests {
    /// The key pairs of AWS's own documentation.
    let s3 = AWSCredentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    let suite = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    /// 2013-05-24T00:00:00Z and 2015-08-30T12:36:00Z
    let may = Date(timeIntervalSince1970: 1_369_353_600)
    let august = Date(timeIntervalSince1970: 1_440_938_160)

    /// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    @Test func presignsAsDocumented() throws {
        let url = try AWSSignature.presign(
            .get, "https://examplebucket.s3.amazonaws.com/test.txt", credentials: s3, region: "us-east-1", at: may,
            expires: .seconds(86_400))
        #expect(
            url == "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    /// The IAM ListUsers example of "Signature Version 4 signing process".
    @Test func signsListUsersAsDocumented() throws {
        let request = HTTPRequest(
            .get, "https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers",
            headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"])
        let signed = try AWSSignature.sign(
            request, credentials: suite, region: "us-east-1", service: "iam", at: august, payload: .of(request.body))
        #expect(
            signed.headers["authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
        #expect(signed.url == "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")
    }

    /// docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html: GET object, PUT object, lifecycle, list.
    @Test func signsS3RequestsAsDocumented() throws {
        func signature(_ request: HTTPRequest) throws -> String? {
            try AWSSignature.sign(
                request, credentials: s3, region: "us-east-1", service: "s3", at: may, payload: .of(request.body)
            ).headers["authorization"]?.split(separator: "=").last.map(String.init)
        }
        let host = "https://examplebucket.s3.amazonaws.com"
        let get = HTTPRequest(.get, "\(host)/test.txt", headers: ["Range": "bytes=0-9"])
        #expect(try signature(get) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        let put = HTTPRequest(
            .put, "\(host)/test$file.text",
            headers: ["Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"],
            body: .bytes(Array("Welcome to Amazon S3.".utf8)))
        #expect(try signature(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
        let lifecycle = HTTPRequest(.get, "\(host)/?lifecycle")
        #expect(try signature(lifecycle) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        let list = HTTPRequest(.get, "\(host)/?prefix=J&max-keys=2")
        #expect(try signature(list) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func coversTokenPayloadAndRepeats() throws {
        let temporary = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "k", sessionToken: "to/ken=")
        let request = HTTPRequest(.put, "https://b.s3.amazonaws.com:8443/a%20b/é".replacing("é", with: "%c3%a9"))
        let signed = try AWSSignature.sign(
            request, credentials: temporary, region: "eu-central-1", service: "s3", at: may, payload: .unsigned)
        #expect(signed.url == "https://b.s3.amazonaws.com:8443/a%20b/%C3%A9")
        #expect(signed.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD")
        #expect(signed.headers["x-amz-security-token"] == "to/ken=")
        #expect(
            signed.headers["authorization"]?.contains(
                "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,")
                == true)
        let again = try AWSSignature.sign(
            signed, credentials: temporary, region: "eu-central-1", service: "s3", at: may, payload: .unsigned)
        #expect(again.headers == signed.headers)
        let url = try AWSSignature.presign(
            .put, "https://b.s3.amazonaws.com/a+b?x=%7e", credentials: temporary, region: "eu-central-1", at: may,
            expires: .seconds(60))
        #expect(url.hasPrefix("https://b.s3.amazonaws.com/a%2Bb?X-Amz-Algorithm="))
        #expect(url.contains("&X-Amz-Security-Token=to%2Fken%3D&") && url.contains("&x=~&"))
    }

    @Test(arguments: [.zero, .seconds(604_801), .milliseconds(999)] as [Duration])
    func refusesAnImpossibleLifetime(expires: Duration) {
        #expect(throws: HTTPError.self) {
            try AWSSignature.presign(
                .get, "https://b.s3.amazonaws.com/a", credentials: s3, region: "us-east-1", at: may, expires: expires)
        }
    }

    @Test func refusesWhatCannotBeSigned() {
        for url in ["https://b/%zz", "https://b/%4", "https://u:p@b/", "ftp://b/", "https://b/\n"] {
            #expect(throws: HTTPError.self) {
                try AWSSignature.presign(.get, url, credentials: s3, region: "us-east-1", at: may, expires: .seconds(1))
            }
        }
        let split = HTTPRequest(.get, "https://b/", headers: ["X": "a\r\nY: b"])
        #expect(throws: HTTPError.self) {
            try AWSSignature.sign(split, credentials: s3, region: "r", service: "s3", at: may, payload: .unsigned)
        }
    }

    @Test func credentialsCannotBePrinted() {
        let credentials = AWSCredentials(accessKeyID: "hush", secretAccessKey: "hush", sessionToken: "hush")
        var text = "\(credentials) \(String(reflecting: credentials)) \([credentials])"
        dump(credentials, to: &text)
        #expect(!text.contains("hush"))
    }
}
