// SPDX-License-Identifier: MIT

import Testing

@testable import Wire

@Suite("Addresses, logins and errors")
struct EndpointTests {
    @Test(
        "An address becomes what libcurl dials",
        arguments: [
            (Endpoint(.imap, host: "imap.example.org"), "imaps://imap.example.org:993/"),
            (Endpoint(.imap, host: "imap.example.org", security: .startTLS), "imap://imap.example.org:143/"),
            (
                Endpoint(.smtp, host: "mx", clientName: "post.shop.example"),
                "smtps://mx:465/post.shop.example"
            ),
            (
                Endpoint(.smtp, host: "mx", security: .startTLS, clientName: "a/b?c"),
                "smtp://mx:587/a%2Fb%3Fc"
            ),
            (Endpoint(.smtp, host: "::1", port: 2525, security: .none), "smtp://[::1]:2525/"),
            (
                Endpoint(.smtp, host: "[::1]", security: .none, clientName: "[::1]"),
                "smtp://[::1]:25/%5B%3A%3A1%5D"
            ),
            (Endpoint(.imap, host: "postfach.müller.example"), "imaps://postfach.müller.example:993/"),
            (Endpoint(.imap, host: "evil@host"), nil), (Endpoint(.imap, host: "a/b"), nil),
            (Endpoint(.imap, host: "a\r\nb"), nil), (Endpoint(.imap, host: ""), nil),
            (Endpoint(.imap, host: "a", port: 0), nil), (Endpoint(.imap, host: "a", port: 65536), nil),
        ]
    )
    func url(_ endpoint: Endpoint, _ url: String?) {
        #expect(endpoint.url == url)
    }

    @Test("However a login is printed, the secret is not")
    func printing() {
        for secret in [Login.Secret.password("geheim"), .oauthToken("geheim")] {
            let login = Login(user: "anna", secret: secret)
            var dumped = ""
            dump(login, to: &dumped)
            dump([secret], to: &dumped)
            let all =
                "\(login) \(secret) \(String(reflecting: login)) \(String(reflecting: [secret])) \(dumped)"
            #expect(all.contains("anna"))
            #expect(!all.contains("geheim"))
        }
    }

    @Test(
        "A secret is masked, other words are kept",
        arguments: [
            ("NO geheim is wrong", "NO *** is wrong"),
            ("NO AGFubmEAZ2VoZWlt=", "NO ***"),
            ("BAD LOGIN anna \"geheim\"", "BAD LOGIN anna \"***\""),
            (
                "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
                "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6"
            ),
            (
                "535 5.7.8 https://example.org/?p=BadCredentials a1-20020a05600c - gsmtp",
                "535 5.7.8 https://example.org/?p=BadCredentials a1-20020a05600c - gsmtp"
            ),
        ]
    )
    func masked(_ line: String, _ expected: String) {
        #expect(Login(user: "anna", secret: .password("geheim")).masked(line) == expected)
    }

    @Test("An error says who, what, why and what to do, on one line")
    func description() {
        let denied = WireError(
            .login,
            .loginDenied,
            peer: "imap.example.org:993",
            serverWords: "A1 NO\u{1B}[2J no\nfake"
        )
        #expect(
            denied.description
                == "imap.example.org:993 refused the login; it said `A1 NO [2J no fake`; "
                + "check user and password; some providers want an app password or OAuth"
        )
        let certificate = WireError(.tls, .certificate, peer: "a:993", reason: "certificate has expired")
        #expect(
            certificate.description
                == "a:993 could not prove who it is (certificate has expired); "
                + "check the host's name, its certificate, and the file of authorities if one is named"
        )
    }
}
