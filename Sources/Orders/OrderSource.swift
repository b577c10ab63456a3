// SPDX-License-Identifier: MIT

/// A door to a shop system: gives the orders as they stand.
package protocol OrderSource: Sendable {
    /// The orders that may have changed since the last call, in batches; nothing if nothing changed.
    ///
    /// What cannot be read is complained about and does not stop the rest.
    func changes() async throws -> OrderChanges?
}

/// What one look at a shop system brought.
package struct OrderChanges: Sendable {
    package var orders: [Order]
    /// One sentence per thing that could not be read, with its place.
    package var complaints: [String]

    package init(orders: [Order], complaints: [String] = []) {
        self.orders = orders
        self.complaints = complaints
    }
}
