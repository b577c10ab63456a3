// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Synchronization

/// The world outside: takes letters, says what the story wants, and keeps all that may have arrived.
final class StoryCourier: Courier {
    /// What the server says to a letter at a time.
    typealias Script = @Sendable (Consignment, Date) -> Delivery

    private let script: Script
    private let clock: StoryClock
    private let kept: Mutex<[Consignment]>

    init(_ script: @escaping Script, clock: StoryClock, arrivedBefore: [Consignment] = []) {
        self.script = script
        self.clock = clock
        kept = Mutex(arrivedBefore)
    }

    /// Every letter that may have arrived, in order; of one that nobody can know the worst is assumed.
    var arrived: [Consignment] { kept.withLock { $0 } }

    func deliver(_ parcels: [Consignment]) async -> [Delivery] {
        parcels.map { parcel in
            let delivery = script(parcel, clock.now)
            switch delivery {
            case .delivered, .unknown: kept.withLock { $0.append(parcel) }
            case .retry, .rejected: break
            }
            return delivery
        }
    }
}

/// The only clock of a story; it moves when the story says so.
final class StoryClock: Sendable {
    private let time: Mutex<Date>

    init(at date: Date) {
        time = Mutex(date)
    }

    var now: Date { time.withLock { $0 } }

    func move(to date: Date) {
        time.withLock { $0 = max($0, date) }
    }
}
