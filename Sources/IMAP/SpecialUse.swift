// SPDX-License-Identifier: MIT

/// What a folder is for, whatever it is called (RFC 6154).
package enum SpecialUse: String, Sendable, CaseIterable {
    case sent, drafts, junk, trash, archive

    /// The attribute by which servers announce it.
    package var attribute: Flag {
        switch self {
        case .sent: "\\Sent"
        case .drafts: "\\Drafts"
        case .junk: "\\Junk"
        case .trash: "\\Trash"
        case .archive: "\\Archive"
        }
    }

    /// The folders that serve this use: announced ones first, then those with a well-known name.
    ///
    /// All are returned, since mail programs that do not find their own name make a second folder. Names
    /// count at the top, below INBOX and below Gmail's own folder only: `Projects/Sent` may be anything.
    package func candidates(in folders: [Folder]) -> [Folder] {
        let usable = folders.filter(\.isSelectable)
        let announced = usable.filter { folder in attributes.contains { folder.attributes.contains($0) } }
        let taken = Set(announced.map(\.name))
        let named = usable.filter { folder in
            !taken.contains(folder.name) && !Self.isAnnounced(folder) && isNamed(folder)
        }
        return announced + named
    }

    // XLIST, Gmail's and Yandex's forerunner of RFC 6154, says \Spam.
    private var attributes: [Flag] { self == .junk ? [attribute, "\\Spam"] : [attribute] }

    /// Whether the server says what the folder is for: then its name proves nothing else.
    private static func isAnnounced(_ folder: Folder) -> Bool {
        !folder.attributes.isDisjoint(with: otherUses)
            || allCases.contains { use in use.attributes.contains { folder.attributes.contains($0) } }
    }

    private static let otherUses: Set<Flag> = [
        "\\All", "\\AllMail", "\\Flagged", "\\Starred", "\\Important", "\\Inbox",
    ]

    private func isNamed(_ folder: Folder) -> Bool {
        var path = folder.path[...]
        if path.count > 1, let first = path.first, Self.roots.contains(first.lowercased()) {
            path.removeFirst()
        }
        guard path.count == 1, let name = path.first else { return false }
        return names.contains(name.lowercased())
    }

    private static let roots: Set<String> = ["inbox", "[gmail]", "[google mail]"]

    private var names: Set<String> {
        switch self {
        case .sent: Self.sentNames
        case .drafts: Self.draftNames
        case .junk: Self.junkNames
        case .trash: Self.trashNames
        case .archive: Self.archiveNames
        }
    }

    private static let sentNames: Set<String> = [
        "sent", "sent items", "sent messages", "sent mail", "sent-mail", "sent mails",
        "outbox-sent", "gesendet", "gesendete", "gesendete objekte", "gesendete elemente",
        "gesendete nachrichten", "gesendete e-mails", "gesendete mails", "postausgang gesendet",
        "verschickt", "verschickte nachrichten", "envoyés", "messages envoyés", "éléments envoyés",
        "courrier envoyé", "objets envoyés", "posta inviata", "inviati", "inviata",
        "messaggi inviati", "elementi inviati", "enviados", "mensajes enviados",
        "elementos enviados", "correo enviado", "enviado", "mensagens enviadas", "itens enviados",
        "enviadas", "e-mails enviados", "correio enviado", "verzonden", "verzonden items",
        "verzonden berichten", "verstuurd", "wysłane", "elementy wysłane", "wiadomości wysłane",
        "skickat", "skickade", "skickade objekt", "skickade meddelanden", "sendt",
        "sendte elementer", "sendt post", "sendte", "sendte meldinger", "lähetetyt",
        "lähetetyt viestit", "lähetetyt kohteet", "odeslané", "odeslaná pošta", "odoslané",
        "odoslaná pošta", "elküldött", "elküldött elemek", "gönderilmiş", "gönderilmiş öğeler",
        "gönderilenler", "gönderilmiş postalar", "trimise", "elemente trimise", "poslano",
        "poslane stavke", "απεσταλμένα", "отправленные", "исходящие", "надіслані", "изпратени",
        "送信済み", "送信済みメール", "送信済みアイテム", "已发送", "已发送邮件", "已傳送",
        "寄件備份", "보낸편지함", "보낸 편지함",
    ]

    private static let draftNames: Set<String> = [
        "drafts", "draft", "draft messages", "entwürfe", "entwurf", "brouillons", "brouillon",
        "bozze", "borradores", "rascunhos", "concepten", "wersje robocze", "kopie robocze",
        "szkice", "utkast", "kladder", "kladde", "luonnokset", "koncepty", "rozepsané",
        "piszkozatok", "taslaklar", "ciorne", "osnutki", "πρόχειρα", "черновики", "чернетки",
        "чернови", "下書き", "草稿", "草稿箱", "임시보관함", "임시 보관함",
    ]

    private static let junkNames: Set<String> = [
        "junk", "junk e-mail", "junk email", "junk mail", "spam", "spamverdacht", "bulk",
        "bulk mail", "unerwünscht", "unerwünschte werbung", "werbung", "junk-e-mail",
        "courrier indésirable", "indésirables", "pourriel", "posta indesiderata",
        "correo no deseado", "correo basura", "no deseado", "lixo eletrônico", "lixo eletrónico",
        "ongewenst", "ongewenste e-mail", "ongewenste reclame", "wiadomości-śmieci", "niechciane",
        "skräppost", "skrappost", "uønsket post", "uønsket e-post", "søppelpost", "roskaposti",
        "nevyžádaná pošta", "levélszemét", "istenmeyen", "önemsiz", "önemsiz e-posta",
        "ανεπιθύμητη αλληλογραφία", "спам", "нежелательная почта", "迷惑メール", "垃圾邮件",
        "垃圾郵件", "스팸", "스팸함", "정크 메일",
    ]

    private static let trashNames: Set<String> = [
        "trash", "deleted", "deleted items", "deleted messages", "bin", "wastebasket", "papierkorb",
        "gelöscht", "gelöschte", "gelöschte objekte", "gelöschte elemente", "gelöschte nachrichten",
        "corbeille", "éléments supprimés", "messages supprimés", "cestino", "posta eliminata",
        "elementi eliminati", "papelera", "elementos eliminados", "eliminados", "lixeira", "lixo",
        "itens excluídos", "itens eliminados", "prullenbak", "prullenmand", "verwijderde items",
        "verwijderd", "kosz", "elementy usunięte", "usunięte", "papperskorgen", "borttaget",
        "borttagna objekt", "papirkurv", "slettet post", "slettede elementer", "søppel",
        "roskakori", "poistetut", "koš", "odstraněná pošta", "kôš", "odstránená pošta",
        "törölt elemek", "kuka", "lomtár", "çöp", "çöp kutusu", "silinmiş öğeler", "coș de gunoi",
        "elemente șterse", "koš za smeti", "κάδος", "διαγραμμένα", "корзина", "удаленные",
        "удалённые", "кошик", "кошче", "ゴミ箱", "削除済みアイテム", "已删除", "已删除邮件",
        "垃圾桶", "휴지통", "지운 편지함",
    ]

    private static let archiveNames: Set<String> = [
        "archive", "archives", "archived", "archiv", "archivio", "archivo", "archivados", "arquivo",
        "arquivados", "archief", "archiwum", "arkiv", "arkisto", "archív", "archívum", "arşiv",
        "arhivă", "arhiv", "αρχειοθήκη", "архив", "архів", "アーカイブ", "归档", "封存", "보관함",
    ]
}
