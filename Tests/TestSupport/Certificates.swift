// SPDX-License-Identifier: MIT

/// A certificate authority made for one test run, and one server certificate signed by it.
package struct Certificates: Sendable {
    /// The authority's certificate (PEM): what clients must trust.
    package var caFile: String
    /// The server's certificate (PEM).
    package var certificateFile: String
    /// The server's private key (PEM, not encrypted).
    package var keyFile: String

    /// Makes both with `openssl`; they are valid for 30 days from now.
    ///
    /// - Parameters:
    ///   - folder: Where the files are put; they go with it.
    ///   - names: Host names and IPv4 addresses the server's certificate is for.
    /// - Returns: The files.
    /// - Throws: With `openssl`'s own words.
    package static func make(
        in folder: TemporaryFolder,
        names: [String] = ["localhost", "127.0.0.1"]
    ) async throws -> Certificates {
        let (ca, caKey) = (folder.path("ca.pem"), folder.path("ca.key"))
        let (certificate, key) = (folder.path("server.pem"), folder.path("server.key"))
        let alternatives = names.map { name in
            name.allSatisfy { $0.isNumber || $0 == "." } ? "IP:\(name)" : "DNS:\(name)"
        }
        let new = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "30",
        ]
        try await openssl(
            new + [
                "-keyout", caKey, "-out", ca, "-subj", "/CN=Poststelle test authority",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            ]
        )
        try await openssl(
            new + [
                "-CA", ca, "-CAkey", caKey, "-keyout", key, "-out", certificate,
                "-subj", "/CN=\(names.first ?? "localhost")",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-addext", "subjectAltName=\(alternatives.joined(separator: ","))",
            ]
        )
        return Certificates(caFile: ca, certificateFile: certificate, keyFile: key)
    }

    private static func openssl(_ arguments: [String]) async throws {
        let output = try await ChildProcess.run("openssl", arguments)
        guard output.succeeded else {
            throw ChildProcess.Failure(description: "openssl: \(output.errorText)")
        }
    }
}
