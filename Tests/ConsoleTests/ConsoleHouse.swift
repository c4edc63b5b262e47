import Foundation
import HTTPTransport
import HouseKit
import Passwords
import Postgres
import Privacy
import TestKit

/// A house with the console as a real process, and three people who may sign in.
struct ConsoleHouse: Sendable {
    static let password = "correct horse battery"
    /// Of that password. It costs less than the hashes that `repazoo console hash` makes, as the tests sign in often.
    private static let hash = "$scrypt$ln=10,r=8,p=1$YSBzYWx0IGZvciB0ZXN0cw$Z+sp/66aVfVra9Hbxdkhfzj6327SbSApJ69EaZABuzw"

    let house: House
    let console: Program
    let url: String

    /// - Parameters:
    ///   - openID: A provider by which people may sign in beside.
    ///   - sees: How the console sees the servers: through wires, say.
    static func with(
        openID: PlayedProvider? = nil, sees: @escaping @Sendable (House.Addresses) throws -> House.Addresses = { $0 },
        _ body: (ConsoleHouse) async throws -> Void
    ) async throws {
        var plan = House.Plan()
        plan.consumers = []
        plan.hasSandbox = false
        plan.consumersSee = sees
        try await House.with(plan) { house in
            let people = [("vera", "viewer"), ("ada", "operator"), ("grace", "privacy_officer")]
            let port = try TCPPort.free()
            var environment = [
                "CONSOLE_USERS": people.map { "\($0):\($1):\(hash)" }.joined(separator: "\n"),
                "CONSOLE_PORT": "\(port)", "LOG_FORMAT": "json",
            ]
            if let openID {
                environment["PUBLIC_URL"] = "http://127.0.0.1:\(port)"
                environment["CONSOLE_OIDC_ISSUER"] = openID.issuer
                environment["CONSOLE_OIDC_CLIENT_ID"] = PlayedProvider.clientID
                environment["CONSOLE_OIDC_CLIENT_SECRET"] = PlayedProvider.clientSecret
                environment["CONSOLE_OIDC_ROLES"] = "dpo=privacy_officer;ops=operator"
                environment["CONSOLE_OIDC_LABEL"] = "Acme"
            }
            let console = try house.start("repazoo-console", [], environment)
            try await eventually("the console says where it listens", within: .seconds(30)) {
                console.text().contains(/"port":"?[0-9]+/)
            }
            try await body(ConsoleHouse(house: house, console: console, url: "http://127.0.0.1:\(port)"))
        }
    }

    func get(_ path: String, _ cookie: String? = nil) async throws -> HTTPResponse {
        try await house.http.send(HTTPRequest(.get, url + path, headers: headers(cookie)))
    }

    func post(_ path: String, _ fields: [(String, String)], _ cookie: String? = nil, from site: String? = nil)
        async throws
        -> HTTPResponse
    {
        var headers = headers(cookie)
        headers.add("content-type", "application/x-www-form-urlencoded")
        if let site { headers.add("sec-fetch-site", site) }
        let body = fields.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
        return try await house.http.send(
            HTTPRequest(.post, url + path, headers: headers, body: .bytes(Array(body.utf8))))
    }

    /// The cookie of somebody who has just signed in.
    func signIn(_ name: String) async throws -> String {
        let answer = try await post("/sign-in", [("name", name), ("password", Self.password)])
        guard answer.status == 303, let cookie = answer.headers["set-cookie"]?.split(separator: ";").first else {
            throw ConsoleHouseFault(description: "\(name) could not sign in: \(answer.status)")
        }
        return String(cookie)
    }

    /// The token that the forms of this session carry.
    func formToken(_ cookie: String) async throws -> String {
        let page = String(decoding: try await get("/runs", cookie).body, as: UTF8.self)
        guard let token = page.firstMatch(of: /name="form_token" value="([0-9a-f]{64})"/)?.output.1 else {
            throw ConsoleHouseFault(description: "the page has no form token")
        }
        return String(token)
    }

    private func headers(_ cookie: String?) -> HTTPHeaders {
        var headers: HTTPHeaders = ["accept": "text/html"]
        if let cookie { headers.add("cookie", cookie) }
        return headers
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

struct ConsoleHouseFault: Error, CustomStringConvertible {
    let description: String
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
