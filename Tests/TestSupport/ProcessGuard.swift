// SPDX-License-Identifier: MIT

import Glibc
import Synchronization

/// Ends what the tests have started when the test process itself is gone, however it went.
///
/// One shell in a session of its own reads from a socket whose other end only the test process holds. It is
/// told which process groups and folders exist. The kernel closes the socket when the test process ends, by
/// `exit`, by a trap or by `kill -9`; then the shell kills the groups, removes the folders and leaves.
package enum ProcessGuard {
    /// Has the process group killed at the end.
    ///
    /// - Parameter group: The id of a group that ``forget(_:)`` has not been called for.
    package static func watch(_ group: Int32) { tell("watch \(group)") }

    /// Takes back ``watch(_:)``: the group is gone.
    ///
    /// - Parameter group: The id.
    package static func forget(_ group: Int32) { tell("forget \(group)") }

    /// Has the folder removed at the end, after all groups have been killed.
    ///
    /// - Parameter folder: An absolute path without line breaks.
    package static func remove(_ folder: String) { tell("folder \(folder)") }

    private static let script = #"""
        trap '' INT TERM HUP
        watched=
        while read -r verb what; do
            case $verb in
            watch) watched="$watched $what" ;;
            forget)
                kept=
                for group in $watched; do [ "$group" = "$what" ] || kept="$kept $group"; done
                watched=$kept ;;
            folder) set -- "$@" "$what" ;;
            esac
        done
        for group in $watched; do kill -KILL "-$group"; done
        tries=0
        for group in $watched; do
            while kill -0 "-$group" && [ $tries -lt 40 ]; do sleep 0.05; tries=$((tries + 1)); done
        done
        for folder in "$@"; do rm -rf -- "$folder"; done
        """#

    private static let line: Mutex<Int32> = {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let quiet = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0, quiet >= 0 else {
            preconditionFailure("no socket for the guard of child processes")
        }
        do {
            let arguments = ["-c", script, "guard"]
            _ = try ChildProcess.spawn("/bin/sh", arguments, nil, "/", descriptors: [ends[1], quiet, quiet])
        } catch {
            preconditionFailure("no shell for the guard of child processes")
        }
        close(ends[1])
        close(quiet)
        return Mutex(ends[0])
    }()

    private static func tell(_ order: String) {
        let bytes = Array("\(order)\n".utf8)
        line.withLock { _ = send($0, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }
}
