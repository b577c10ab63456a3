import Testing
@testable import Service
import Understanding
@Suite struct Zz {
  @Test(.disabled(if: false)) func zz() throws {
    let r = try Teeladen.playbook.get().reader
    for (n, t) in ["Hello,\n\nwhere is my order 2026-11851? When will the parcel arrive?\n\nMany thanks\nHarriet",
      "Hello,\n\nI ordered two packets of Earl Grey last week. Where is my parcel? The order number is 2026-11851.\n\nMany thanks\nHarriet",
      "Hello,\n\nI am still waiting for my order 2026-11851. Could you tell me where the parcel is and when it will arrive?\n\nMany thanks\nHarriet",
      "Hallo,\n\nwo bleibt denn mein Paket? Ich habe letzte Woche bestellt.\n\nViele Grüße\nKatrin Brandl",
      "Hallo nochmal,\n\nich warte immer noch auf mein Paket 2026-11834. Wo ist es denn jetzt?\n\nKatrin Brandl",
      "Guten Morgen,\n\nwann kommt denn meine Bestellung? Ich warte jetzt schon seit einer Woche auf das Paket.\n\nLiebe Grüße\nMiriam Falk",
      ].enumerated() {
      let reading = r.read(t, subject: ["Where is my parcel?","Where is my parcel?","My order","Wo ist mein Paket?","Nochmal: Bestellung 2026-11834","Lieferung"][n])
      print("##", n, reading.language ?? "-", reading.textScores.filter{$0.value>0.2}, reading.mood, reading.intents.map{($0.name,$0.score,$0.act)}, reading.sentences.map{"\($0.text):\($0.label) \($0.score) \($0.isRequest)"}, reading.coverage(of: .init(covers:["where_is_my_order"],threshold:0.7)))
    }
  }
}
