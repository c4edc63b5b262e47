import Crypto
import FoundationEssentials
import Hummingbird

/// Style, script and mark of the console. Each has its digest in its address, so a browser may keep it for good and a new release is
/// seen at once.
struct ConsoleAssets: Sendable {
    struct File: Sendable {
        let path: String
        let type: String
        let body: [UInt8]

        init(_ name: String, type: String, _ body: [UInt8]) {
            let digest = SHA256.hash(data: body).prefix(6).map { String($0, radix: 16) }.joined()
            path = "/assets/\(digest)/\(name)"
            self.type = type
            self.body = body
        }

        var response: Response {
            Response(
                status: .ok,
                headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }

    let style = File("console.css", type: "text/css; charset=utf-8", PackageResources.console_css)
    let script = File("console.js", type: "text/javascript; charset=utf-8", PackageResources.console_js)
    let mark = File("mark.svg", type: "image/svg+xml", PackageResources.mark_svg)

    var all: [File] { [style, script, mark] }
}
