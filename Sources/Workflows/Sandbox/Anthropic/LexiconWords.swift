/// The words of ``Lexicon``, grouped by weight.
enum LexiconWords {
    static let positive: [(Double, String)] = [
        (
            3.4,
            """
            love loved loves loving lovin adore adored awesome awesomeness amazing amazed amazingly wonderful
            excellent fantastic fabulous perfect perfection perfectly brilliant magnificent superb outstanding best
            greatest happiest ecstatic thrilled phenomenal incredible terrific marvelous marvellous spectacular
            gorgeous stunning blessed bliss blissful delighted delightful heavenly masterpiece joy joyful joyous
            splendid glorious breathtaking flawless euphoric luv luvs lovely beautiful beautifully
            """
        ),
        (
            2.7,
            """
            great happy happily happiness happier excited exciting excitement epic win winning won wins winner winners
            beauty glad gladly proud grateful thankful thanks thank thx thnx thanx ty enjoy enjoyed enjoying enjoys
            enjoyable fun funny funniest hilarious celebrate celebrating celebrated celebration congrats
            congratulations congratz success successful successfully sweet sweetest sweetheart victory triumph hooray
            hurray yay yayy woohoo woo woot whoo yippee impressed impressive impressively inspired inspiring
            inspiration inspirational delicious yummy yum tasty smile smiles smiling smiled laugh laughed laughing
            laughs laughter hug hugs kiss kisses cheers praise praised genius hero heroes heroic rocks rocked rockin
            rocking wow recommend recommended champion champions paradise treasure cherish adorable cute cutest
            cuteness generous gift gifts gifted joyfully pleased pleasure merry charming elegant dreamy remarkable
            favorite favourite favorites favourites fav faves freedom peace peaceful hottest sexy handsome goodness
            miracle talented talent bravo kudos stoked pumped psyched honored honoured honor loveliest angel angels
            """
        ),
        (
            2,
            """
            good nice nicely cool coolest better like liked likes liking glow warm fresh friend friends friendly
            friendship bestie kind kindly kindness caring cares care cared helpful help helped helping helps hope
            hopes hopeful hopefully hoping interesting interested fascinating interest fine welcome well improved
            improve improving improvement improves safe safely strong stronger strength support supported supporting
            supportive supports free lucky luck bonus benefit benefits relaxed relaxing relax relief relieved comfy
            comfort comfortable calm cozy cosy easy easier easily easiest smart clever wise bright brilliantly
            creative creativity agree agreed agrees approve approved achievement achieve achieved accomplished
            advantage amused amusing amazingness appreciate appreciated appreciates appreciation admire admired
            encourage encouraged encouraging energy energetic entertaining fair fancy fantasy festive fit gain gained
            gains gentle giving grand handy healthy heaven honest honestly ideal keen lively loyal neat optimistic
            party partying play playing played playful popular positive positively precious pretty prettier prettiest
            promise promising prosper protect protected rich romantic romance satisfied satisfying save saved saves
            saving shine shiny shining solid special splash stylish sunshine sunny surprise surprised thoughtful
            thrill treat treats true truth trust trusted useful valuable value vibrant vacation holiday holidays
            wealth worth worthy yes yep yeah yea ya yup haha hahaha hahahaha hahah lol lmao lmfao rofl hehe hehehe heh
            lolz xoxo ftw dope legit solved fixed welcomed classy swag bless blessing blessings birthday bday
            christmas xmas congrat amen pleasant pleasantly please dear enthusiastic eager engaged dazzling effective
            efficient ease genuine grace graceful noble gracious wish wishes wishing excellence excellently invite
            invited join share shared sharing passion passionate
            """
        ),
        (
            1.2,
            """
            ok okay okey alright want hi hey hello dance dancing dancer sing singing create created creating ready
            able certain clean clear confident daring active alive big huge real growth grow growing hot award awards
            wonder wonders discover discovered learn learned learning dream dreams dreaming matter respect respected
            reward rewards rewarding rest restful secure smooth quality top tops important innovation innovative
            launch launches opportunity opportunities progress upgrade upgraded sale deal deals discount chill chillin
            chilling goodnight goodmorning morning music weekend bff baby aww awww aw aha fab fans fan crush forward
            thumbs trend trending
            """
        ),
    ]

    static let negative: [(Double, String)] = [
        (
            -3.4,
            """
            hate hated hates hating hatred awful horrible horribly horrific terrible terribly worst disgusting
            disgusted disgust disgusts disaster disastrous catastrophe tragic tragedy evil murder murdered murderer
            kill killed killing killer kills rape raped torture tortured terror terrorist terrorists terrorism
            terrified terrifying horror despise despicable devastated devastating devastation die died dies dying dead
            death deaths fatal suicide genocide nightmare nightmares abuse abused abusive cruel cruelty miserable
            misery furious heartbroken heartbreaking agony fuckin fuck fucked fucker motherfucker cunt vile atrocious
            dreadful vicious hell nazi slaughter
            """
        ),
        (
            -2.7,
            """
            bad badly sad sadly sadness sadder saddest angry anger angrily angers mad madness cry cried cries crying
            tears hurt hurts hurting pain painful pains painfully suck sucks sucked sucking sucky sick sickening
            sickness ill illness disease cancer fail failed failing fails failure failures stupid stupidity stupidest
            idiot idiots idiotic moron morons dumb dumbass ass asshole assholes bitch bitches bitching bastard shit
            shitty bullshit crap crappy bs piss pissed annoyed annoying annoy annoys irritated irritating irritate
            ugly ugliest gross nasty war wars attack attacked attacks crime crimes criminal criminals victim victims
            violence violent violently crash crashed crashes crashing destroy destroyed destroys destruction broken
            ruin ruined ruins ruining depressed depressing depression lonely loneliness alone loser losers lose loses
            losing lost loss losses worse worsen wrong poor poorly pathetic useless worthless hopeless helpless
            rubbish garbage trash junk scam fraud cheat cheated cheating liar liars lie lied lies lying steal stole
            stolen thief theft robbed robbery threat threaten threatened threatening panic fear fears feared scared
            scary scare afraid frightened frightening fright disappointed disappointing disappointment disappoints
            upset upsetting unhappy unfortunate unfortunately shame shameful ashamed embarrassed embarrassing
            embarrassment guilty guilt jealous jealousy bitter rude racist racism sexist bully bullied bullying enemy
            enemies bomb bombs bombing shooting shot gun blood bleeding injured injury injuries wound wounded starving
            starve famine crisis collapse corrupt corruption arrest arrested jail prison accused hostile outrage
            outraged outrageous creepy creep weak weakness wtf smh fml regret regrets sorrow grief grieve suffering
            suffer suffered suffers struggle struggling struggles stress stressed stressful toxic poison damage
            damaged damages danger dangerous doom doomed dread freak freaked fool foolish fools ridiculous insult
            insulted insulting offended offensive offend rage raging reject rejected rejection resent ruthless selfish
            sin sins sucker unfair whine whining whiny wicked wreck wrecked headache headaches migraine vomit vomiting
            puke puking exhausted exhausting exhaustion tired tiring fatigue flu fever infection disrespect
            disrespectful disrespected frustrated frustrating frustration frustrates heartbreak heartless hypocrite
            hypocrisy ignorant ignorance incompetent inferior insane insecure lame lousy mess messed messy nuisance
            pity pointless sorry spam tension tense tragically troubled trouble troubles troubling ugh ughh ew eww
            yuck
            """
        ),
        (
            -1.9,
            """
            miss missed misses missing bored boring bore boredom problem problems issue issues hard difficult
            difficulty cold rain rainy late delay delayed delays cancel cancelled canceled cancels error errors bug
            bugs break breaks broke burn burned burning burnt cut cuts debt deny denied denies lazy mistake mistakes
            nervous anxious anxiety worry worried worries worrying confused confusing confusion crazy doubt doubts
            dull hungry ignored ignore ignores ignoring lack lacking leave leaving left limited low mock mourn nah
            needy neglect neglected noise noisy complain complained complaining complains complaint complaints oppose
            opposed protest protests protesting protested pollution poverty pressure quit quits quitting refuse
            refused refuses riot riots risk risky scandal shock shocked shocking shut slow slower stuck stop stopped
            stops strange suspect suspicious tough unable uncomfortable unemployed unemployment unsure waste wasted
            wasting weird whatever wimp yell yelled yelling warn warned warning warnings drama drunk dirty dirt fight
            fighting fights flawed fake fat forget forgot forgotten gloomy harm harmful harsh hassle hide hurricane
            storm flood floods earthquake fire fired accident accidents ambulance emergency hospital surgery funeral
            awkward awake aching ache aches sore cramp cramps cough coughing allergic allergies bankrupt banned ban
            bans block blocked censored chaos condemn condemned conflict controversy controversial critic criticism
            criticize criticized demand desperate desperately desperation discouraged disgrace dislike disliked
            disturb disturbed disturbing dump dumped evict exploit fed foul greed greedy gruesome gtfo hangover
            homeless homesick horrid inadequate insomnia interrupt invade invaded isolated lawsuit leak loathe
            misunderstood monster obnoxious obsolete overwhelmed overwhelming overrated pathetically penalty petty
            pricey punish punished reckless sarcastic screwed screw sob sobbing spoiled stink stinks stinky sue sued
            tease traffic unacceptable underrated unimpressed vain vulnerable weep withdrawal woe wth yikes damnit
            dammit damn meh grr grrr argh arghh gah boo booo
            """
        ),
        (
            -1,
            """
            no never nothing cant can't dont don't unless sigh hmm uh tho gone against avoid bye goodbye closed
            expensive cost fault fell fall falling fallen guess heavy homework monday mondays strike tax taxes wait
            waiting down numb old odd unknown empty excuse excuses government politicians politics recession
            """
        ),
    ]
}
