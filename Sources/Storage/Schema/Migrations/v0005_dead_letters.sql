-- Dead letters as the alert consumer stores them and as `repazoo dead` works on them.
-- queue is the work queue that the message died in; message_id is null unless it is a UUID.

alter table dead_letters
    -- The failure in one word, or what was wrong with an invalid message.
    add column code       text,
    -- Whose data the message is about, where its body could be read: erasure and export look here.
    add column user_id    text,
    -- False when body is not the whole message but a redacted remainder.
    add column replayable boolean not null default true,
    -- Deaths of this message in this queue since the row is new.
    add column deaths     integer not null default 1 constraint dead_letters_deaths_positive check (deaths > 0),
    -- By this database's clock, unlike died_at, which the dying program told: bounds what one replay takes on.
    add column stored_at  timestamptz not null default now(),
    add column settled_at timestamptz,
    add column settled_by text,
    add column note       text;

-- The same death may arrive twice; a message that dies again after its replay gets a row of its own.
create unique index dead_letters_one_new on dead_letters (queue, message_id) where status = 'new';
-- For the look-up of a death that was settled already, and for the listing.
create index dead_letters_by_message on dead_letters (queue, message_id, died_at);
create index dead_letters_by_age on dead_letters (status, died_at, id);
create index dead_letters_by_user on dead_letters (user_id) where user_id is not null;
