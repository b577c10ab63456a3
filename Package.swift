// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT
import PackageDescription

/// Every Swift target is compiled under the same strict settings.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func library(_ name: String, pkgConfig: String? = nil, debian: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "poststelle",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries, wrapped only as far as Swift cannot call them.
        library("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
        library("CGMime", pkgConfig: "gmime-3.0", debian: "libgmime-3.0-dev"),
        library("CStemmer", debian: "libstemmer-dev"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

        // The rooms, outermost last; `.ci/layers` checks that imports keep to this.
        room("Diagnostics", [yams]),
        room("Mail", ["CGMime"]),
        room("Orders"),
        .target(
            name: "Understanding",
            dependencies: ["CRE2", "CStemmer"],
            // Training takes a second optimised and twelve not; debug builds train too.
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
        ),
        room("Cases", [crypto]),
        room("Rules", ["Diagnostics", "Mail", "Orders", "Understanding", "Cases"]),
        room("Actions", ["Diagnostics", "Mail", "Orders", "Understanding", "Cases", "Rules", mustache]),
        room("IMAP"),
        room("Wire", ["CCurl"]),
        room("Intake", ["Mail", "IMAP", "Wire"]),
        room("Shops", ["Orders"]),
        room("Delivery", ["Actions", "Wire"]),
        room("State", ["Mail", "Orders", "Understanding", "Cases", "Rules", "Actions", grdb]),
        room(
            "Service",
            [
                "Diagnostics", "Mail", "Orders", "Understanding", "Cases", "Rules", "Actions", "Wire",
                "Intake",
                "Shops", "Delivery", "State", lifecycle, logging,
            ]
        ),
        .executableTarget(
            name: "poststelle",
            dependencies: [
                "Diagnostics", "Mail", "Orders", "Understanding", "Cases", "Rules", "Actions", "Shops",
                "State",
                "Service", argumentParser, lifecycle, unixSignals, logging,
            ],
            swiftSettings: strict
        ),

        // Tests: TestSupport holds the real servers and the scripted ones.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        tests("OrdersTests", ["Orders"]),
        tests("CasesTests", ["Cases"]),
        tests("RulesTests", ["Rules", "Diagnostics", "Mail", "Orders", "Understanding", "Cases"]),
        tests(
            "ActionsTests",
            ["Actions", "Rules", "Diagnostics", "Mail", "Orders", "Understanding", "Cases"]
        ),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("MailTests", ["Mail"]),
        .testTarget(
            name: "UnderstandingTests",
            dependencies: ["Understanding"],
            exclude: ["HeldOut"],
            swiftSettings: strict
        ),
        tests("IMAPTests", ["IMAP"]),
        tests("WireTests", ["Wire", "TestSupport"]),
        tests("DeliveryTests", ["Delivery", "Actions", "Wire", "TestSupport"]),
        tests("IntakeTests", ["Intake", "Mail", "IMAP", "Wire", "TestSupport"]),
        .executableTarget(
            name: "poststelle-bench",
            dependencies: [
                "Diagnostics", "Mail", "Orders", "Understanding", "Cases", "Rules", "Actions", "Wire",
                "Intake",
                "Shops", "Delivery", "State", "Service", "TestSupport", argumentParser, logging,
            ],
            path: "Tests/Benchmarks",
            swiftSettings: strict
        ),
        tests("ServerTests", ["TestSupport"]),
        tests("StateTests", ["Mail", "Orders", "Understanding", "Cases", "Rules", "Actions", "State", grdb]),
        tests(
            "StoryTests",
            [
                "Diagnostics", "Mail", "Orders", "Understanding", "Cases", "Rules", "Actions", "Delivery",
                "State", "Service", "Shops", logging, grdb,
            ]
        ),
        tests(
            "PeerTests",
            [
                "Service", "State", "Actions", "Mail", "Intake", "Delivery", "Wire", "Diagnostics",
                "TestSupport", logging,
            ]
        ),
        tests("CommandTests", ["TestSupport"]),
        tests("ServerStoryTests", ["TestSupport", "State", "Actions", "Mail"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
