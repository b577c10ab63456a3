// SPDX-License-Identifier: MIT

extension Model {
    /// A model and what was wrong with the files it was learned from.
    package struct Training: Sendable {
        package var model: Model
        package var complaints: [ExampleComplaint]
    }

    /// Learns from example files; what is wrong in them is left out and told.
    ///
    /// The same sources give the same model, in whatever order they come. Takes about a second
    /// and a half for 7,000 texts.
    package static func train(on sources: [ExampleSource]) -> Training {
        let file = ExampleFile(reading: sources)
        var learner = Learner(examples: file.examples)
        let model = learner.learn(sourceDigest: digest(of: sources))
        return Training(model: model, complaints: file.complaints)
    }

    /// The digest that a model learned from these sources carries as ``sourceDigest``.
    package static func digest(of sources: [ExampleSource]) -> String {
        var digest = Digest()
        digest.add(Learner.version)
        for source in sources.sorted(by: {
            ($0.aspect, $0.label, $0.language, $0.name, $0.text) < (
                $1.aspect, $1.label, $1.language, $1.name, $1.text
            )
        }) {
            digest.add(source.aspect)
            digest.add(source.label)
            digest.add(source.language)
            digest.add(source.text)
        }
        return digest.text
    }
}
