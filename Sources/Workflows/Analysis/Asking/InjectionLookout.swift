/// Finds tweets that look as if they spoke to the model that judges them, in many languages. Pure, linear.
///
/// No list of words is complete, and none has to be: a tweet that is found is judged all the same, only apart from the others
/// (`Question.isApart`), so that false alarms cost little; and what is not found still travels as data. It is deliberately over-eager.
enum InjectionLookout {
    static func isSuspicious(_ text: String) -> Bool {
        let (plain, isDisguised) = folded(text)
        if isDisguised || hasOpaqueRun(plain) { return true }
        let parts = phrases.found(in: plain)
        if parts[0] > 0 { return true }
        let words = plain.split { !($0.isLetter || $0.isNumber) }
        let hits = lists.indices.map { lists[$0].stems(among: words) + parts[$0 + 1] }
        let (verbs, subjects, task, model) = (hits[0], hits[1], hits[2], hits[3])
        return verbs > 0 && subjects + task + model > 0 || subjects > 0 && task + model > 0 || model > 0 && task > 0
            || task > 2
    }

    private static let lists = [Words.overriding, .instructions, .task, .model]
    private static let phrases = PhraseTable([marks] + lists.map(\.parts))

    /// Parts of markup and of roles that no ordinary tweet has.
    private static let marks = [
        "</", "<tweet", "<system", "<|", "[inst", "<<sys", "###", "```", "\"n\"", "{\"", "\"role\"", "system:",
        "assistant:",
        "human:", "user:", "[system", "(system", "system prompt", "jailbreak", "developer mode", "begin_", "end_of",
        "\\u00",
        "ignore all", "prompt injection", "<!--", "%%", "==end", "--end", "==begin", "n=1", "n = 1", "n:1",
        "admin override",
    ]

    /// Letters in their small form; full-width letters as ASCII; without what is not seen. And whether something was hidden: unseen
    /// characters inside of words, or letters of two alphabets in one word.
    private static func folded(_ text: String) -> (String, isDisguised: Bool) {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return (text.lowercased(), false) }
        var plain = ""
        var (isDisguised, hasLatin, hasCyrillicOrGreek) = (false, false, false)
        var before: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x200B, 0x2060, 0xFEFF, 0x00AD, 0x180E, 0xE0000...0xE007F, 0x202A...0x202E, 0x2066...0x2069:
                // A word joiner in front of an emoji is nothing; between letters it hides something.
                if before.properties.isAlphabetic { isDisguised = true }
                continue
            case 0xFF01...0xFF5E: plain.unicodeScalars.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            case 0x1D400...0x1D7FF: isDisguised = true
            default: plain.unicodeScalars.append(scalar)
            }
            if scalar.properties.isAlphabetic {
                hasLatin = hasLatin || (0x41...0x24F).contains(scalar.value)
                hasCyrillicOrGreek = hasCyrillicOrGreek || (0x370...0x52F).contains(scalar.value)
                if hasLatin, hasCyrillicOrGreek { isDisguised = true }
            } else {
                (hasLatin, hasCyrillicOrGreek) = (false, false)
            }
            before = scalar
        }
        return (plain.lowercased(), isDisguised)
    }

    /// Base64, hexadecimal or the like: something to be decoded.
    private static func hasOpaqueRun(_ text: String) -> Bool {
        text.utf8.split { $0 <= 0x20 }.contains { word in
            word.count >= 32 && !word.starts(with: "http".utf8) && word.allSatisfy(isOfCode) && Set(word).count > 8
        }
    }

    private static func isOfCode(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "+/=_-.".utf8.contains(byte)
    }
}

extension InjectionLookout {
    /// Beginnings of words; and parts of text, for phrases and for scripts that do not part words.
    struct Words: Sendable {
        let parts: [String]
        private let stems: Set<Substring>
        private let lengths: ClosedRange<Int>

        init(_ stems: String, parts: String = "") {
            self.stems = Set(stems.split(whereSeparator: \.isWhitespace))
            self.parts = parts.split(separator: ",").map { String($0) }
            lengths = 4...max(4, self.stems.map(\.count).max() ?? 4)
        }

        /// How many of the stems some word begins with. Short ones are whole words: nearly everything begins with them.
        func stems(among words: [Substring]) -> Int {
            var found: Set<Substring> = []
            for word in words {
                let count = word.count
                if count < 4 {
                    if stems.contains(word) { found.insert(word) }
                    continue
                }
                for length in 4...min(count, lengths.upperBound) where stems.contains(word.prefix(length)) {
                    found.insert(word.prefix(length))
                }
            }
            return found.count
        }

        /// Put aside what you were told.
        static let overriding = Words(
            """
            ignor disregard overrid overrule bypass forget instead pretend reveal repeat print leak dump omit skip olvid omite revela
            oubli révèl repet répét vergiss missacht überschreib wiederhol dimentic riveli rivela tralasc esqueç esqueca desconsider
            revele негляди игнорир забуд забыть раскр повтори проигнорир ігнор забудь zignoruj zapomnij pomiń ujawni negeer vergeet herhaal
            glöm ignorera ignorér glem unut yoksay görmezden tekrarla abaikan lupakan ulangi αγνό ξέχασε unohda ohita felejtsd hagyd
            ignorați uită ignorujte zapomeň
            """,
            parts:
                "忽略,无视,無視,忘记,忘記,不要理会,忘れ,無効,重复,输出,무시,잊어,출력,تجاهل,انس,اكشف,كرر,अनदेखा,नज़रअंदाज़,भूल,नजरअंदाज,bỏ qua,quên,התעלם,שכח,ละเว้น,ลืม,উপেক্ষা,புறக்கணி"
        )

        /// What a model was told.
        static let instructions = Words(
            """
            instruct prompt system rule directive guideline command previous prior above preceding instruccion instruções instrucoes regla regras
            anterior consigne règle précédent anweisung regel vorherig obig istruzion regole precedent инструк правил указан предыдущ
            команд систем інструкц instrukc polecen poprzedn instructie vorige opdracht instruktion tidigare talimat kural önceki instruksi
            perintah sebelumnya οδηγί κανόν ohjeet utasítás instrucțiuni pokyny anvisning
            """,
            parts:
                "指示,指令,规则,規則,提示,命令,系统,系統,以上,之前,지시,명령,규칙,이전,تعليمات,أوامر,القواعد,النظام,السابقة,निर्देश,नियम,प्रणाली,hướng dẫn,quy tắc,הוראות,הנחיות,คำสั่ง,নির্দেশ,அறிவுறுத்தல்"
        )

        /// What the model is to give.
        static let task = Words(
            """
            positive negative neutral sentiment score label rating rate classif json output answer respond response schema summar theme tweets
            posts judge judg analys analyz maximum positiv negativ neutr sentimient sentimento punteggio puntuación puntuacion
            pontuação pontuacao etiquet bewert stimmung ausgabe antwort réponds réponse note clasific classer класс положит позитив негатив
            отрицат оценк оцен тональн ответ вывод pozytywn negatywn ocen odpowied positief negatief antwoord olumlu olumsuz puan yanıt
            positif skor jawab θετικ αρνητ βαθμολ positiivi arvost pozitív értékel pozitiv hodnoť
            """,
            parts:
                "all tweets,all posts,every tweet,every post,all items,正面,积极,積極,负面,負面,评分,評分,情感,标签,分数,推文,ポジティブ,肯定的,否定的,スコア,評価,感情,긍정,부정,점수,감정,평가,إيجابي,سلبي,تقييم,درجة,سकारात्मक,सकारात्मक,नकारात्मक,अंक,भावना,tích cực,tiêu cực,điểm,חיובי,שלילי,ציון,บวก,คะแนน,ইতিবাচক,நேர்மறை"
        )

        /// Who is spoken to.
        static let model = Words(
            """
            assistant chatgpt gpt claude llm chatbot bot model modell modelo modèle modello модел нейросет ассистент asistente assistente
            asystent asistan asisten anthropic openai moderator annotator classifier reviewer grader ai ia ki ии yapay
            """,
            parts:
                "language model,you are now,you must,you will,your task,as an ai,act as,人工智能,模型,助手,人工知能,モデル,アシスタント,인공지능,모델,الذكاء,نموذج,المساعد,मॉडल,सहायक,trí tuệ,mô hình,מודל,โมเดล,du bist jetzt,tu es maintenant,ahora eres,ты теперь,sei ora,agora você"
        )
    }
}
