// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Child processes of tests", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    @Test(
        "The way a program ended is known",
        arguments: [
            ("exit 0", ChildProcess.Ending.exited(0)), ("exit 78", .exited(78)),
            ("kill -9 $$", .signalled(SIGKILL)),
        ]
    )
    func ending(script: String, ending: ChildProcess.Ending) async throws {
        #expect(try await ChildProcess.run("sh", ["-c", script]).ending == ending)
    }

    @Test("Input goes in, both outputs come out whole, however large")
    func streams() async throws {
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
        let output = try await ChildProcess.run("sh", ["-c", "tee /dev/fd/2"], input: input)
        #expect(output.standardOutput == input)
        #expect(output.standardError == input)
    }

    @Test("A program that does not read its input does no harm")
    func unreadInput() async throws {
        let input = [UInt8](repeating: 0, count: 3_000_000)
        #expect(try await ChildProcess.run("true", input: input).succeeded)
    }

    @Test("A program gets its folder and environment, and no descriptor of ours")
    func surroundings() async throws {
        let folder = try TemporaryFolder()
        let script = "pwd; echo $SHOP; ls /proc/self/fd"
        let inherited = open("/dev/null", O_RDONLY)
        defer { close(inherited) }
        let output = try await ChildProcess.run(
            "sh",
            ["-c", script],
            environment: ["SHOP": "teeladen", "PATH": "/usr/bin:/bin"],
            folder: folder.path
        )
        // The 3 is `ls` looking.
        #expect(output.text == "\(folder.path)\nteeladen\n0\n1\n2\n3\n")
    }

    @Test("A program that takes too long is killed, with all its children")
    func tooLong() async throws {
        let child = try ChildProcess("sh", ["-c", "sleep 600 & echo started; sleep 600"])
        try await child.waitForOutput("started")
        await #expect(throws: WaitedTooLong.self) { try await child.wait(within: .milliseconds(20)) }
        #expect(child.ending == nil)
        #expect(child.runningSession.count == 3)
        child.kill()
        #expect(try await child.wait() == .signalled(SIGKILL))
        try await eventually("an empty session", within: .seconds(5)) {
            child.runningSession.isEmpty ? true : nil
        }
    }

    @Test("A signal reaches the program, and nobody when it has ended")
    func signals() async throws {
        let script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done"
        let child = try ChildProcess("sh", ["-c", script])
        try await child.waitForOutput("ready")
        child.send(SIGTERM)
        #expect(try await child.wait() == .exited(3))
        #expect(child.standardOutput == Array("ready\nbye\n".utf8))
        child.send(SIGTERM)
        child.kill()
        #expect(child.ending == .exited(3))
    }

    @Test("A program that ends before it has said what is waited for is a clear failure")
    func silent() async throws {
        let child = try ChildProcess("sh", ["-c", "echo oh no >&2"])
        let failure = await #expect(throws: ChildProcess.Failure.self) {
            try await child.waitForOutput("ready")
        }
        #expect(failure?.description.contains("without saying `ready`: oh no") == true)
    }

    @Test("A program that is not there is a clear failure")
    func missing() async throws {
        let failure = #expect(throws: ChildProcess.Failure.self) { try ChildProcess("no-such-program") }
        #expect(failure?.description == "no-such-program: not installed")
        let other = #expect(throws: ChildProcess.Failure.self) { try ChildProcess("/no/such/program") }
        #expect(other?.description == "/no/such/program could not be started: No such file or directory")
        #expect(throws: ChildProcess.Failure.self) { try ChildProcess.builtProduct("no-such-program") }
    }

    @Test("A program of this package is found beside the tests")
    func builtProduct() throws {
        let running = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let name = try #require(running.split(separator: "/").last)
        let path = try ChildProcess.builtProduct(String(name))
        #expect(path.hasSuffix("/\(name)"))
    }

    @Test("A temporary folder is gone with its last owner")
    func temporaryFolder() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let file = try #require(try folder?.write("x", to: "a/b/c"))
        #expect(FileManager.default.fileExists(atPath: file))
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}
