-- The audit trail, second form. An entry's hash covers a salted commitment to what is personal in it (whom it concerns and the
-- detail) in place of the content: erasure drops content and salt, and the chain still verifies. A chain has a number of its own, as
-- the user's id is dropped too. Checkpoints, signed outside of the database, tell the state of all chains, so that a cut tail or a
-- missing chain is found even when whoever did it owns this database (Sources/Gates/AuditTrail).
--
--   commitment = sha256(salt ‖ field(user id) ‖ detail as text)
--   hash       = sha256(field('repazoo.audit.2') ‖ field(previous hash) ‖ field(chain) ‖ field(position) ‖ field(id)
--                       ‖ field(microseconds since 1970) ‖ field(actor) ‖ field(action) ‖ field(outcome) ‖ commitment)
--
-- where a field is its length in bytes, a colon and its UTF-8, or `-` for null (audit_field). A salt has 122 random bits: without it
-- nobody can find out by trying what a commitment was made of.

alter table audit_heads rename column chain to user_id;
alter table audit_heads drop constraint audit_heads_pkey;
alter table audit_heads
    alter column user_id drop not null,  -- '' for the chain of nobody in particular, null once the user is forgotten
    add column chain bigint generated always as identity primary key;
create unique index audit_heads_of_user on audit_heads (user_id);

alter table audit_log
    add column chain      bigint,
    add column salt       uuid default gen_random_uuid(),  -- null once the content is forgotten
    add column commitment bytea,
    add column xact       bigint not null default pg_current_xact_id()::text::bigint;

create function audit_commitment(salt uuid, user_id text, detail jsonb) returns bytea language sql stable parallel safe as
$$ select sha256(uuid_send(salt) || convert_to(audit_field(user_id) || detail::text, 'UTF8')) $$;

create function audit_hash(
    prev_hash text, chain bigint, "position" bigint, id text, at timestamptz, actor text, action text, outcome text,
    commitment bytea
) returns text language sql stable parallel safe as
$$
    select encode(sha256(convert_to(
        audit_field('repazoo.audit.2') || audit_field(prev_hash) || audit_field(chain::text) || audit_field("position"::text)
        || audit_field(id) || audit_field((extract(epoch from at) * 1000000)::bigint::text) || audit_field(actor)
        || audit_field(action) || audit_field(outcome), 'UTF8') || commitment), 'hex')
$$;

-- Entries of the first form are brought into the second: no release has written any.
do $$
declare
    v_entry audit_log;
    v_chain bigint;
    v_hash  text;
begin
    for v_entry in select * from audit_log order by coalesce(user_id, ''), position loop
        select chain into strict v_chain from audit_heads where user_id = coalesce(v_entry.user_id, '');
        if v_entry.position = 1 then
            v_hash := '';
        end if;
        v_entry.commitment := audit_commitment(v_entry.salt, v_entry.user_id, v_entry.detail);
        v_entry.prev_hash := v_hash;
        v_hash := audit_hash(v_hash, v_chain, v_entry.position, v_entry.id, v_entry.at, v_entry.actor, v_entry.action,
            v_entry.outcome, v_entry.commitment);
        update audit_log set chain = v_chain, commitment = v_entry.commitment, prev_hash = v_entry.prev_hash, hash = v_hash
            where id = v_entry.id;
        update audit_heads set hash = v_hash where chain = v_chain and position = v_entry.position;
    end loop;
end
$$;
drop function audit_hash(text, bigint, text, timestamptz, text, text, text, text, jsonb);

alter table audit_log
    alter column chain set not null, alter column commitment set not null,
    alter column salt drop default, alter column xact drop default;
drop index audit_log_chain;
create unique index audit_log_chain on audit_log (chain, position);
create index audit_log_by_user on audit_log (user_id, position) where user_id is not null;
-- For "what is new since the last checkpoint": costs next to nothing, as entries lie in about this order.
create index audit_log_by_transaction on audit_log using brin (xact) with (pages_per_range = 16, autosummarize = on);

-- MARK: Appending

-- Nobody writes in another program's name: an actor is the program (`repazoo-ingest`; `repazoo` for the operator), or the program, a
-- colon and the person. Whoever owns the tables could write anything anyway.
create function audit_check_actor(p_actor text) returns void language plpgsql stable as
$$
declare
    v_program text := split_part(p_actor, ':', 1);
begin
    if pg_has_role(session_user, current_user, 'member') then
        return;
    end if;
    if v_program = 'repazoo' then
        v_program := 'repazoo-operator';
    end if;
    if v_program !~ '^repazoo-[a-z]+$' or not exists (
        select from pg_roles
        where rolname = replace(v_program, '-', '_') and pg_has_role(session_user, oid, 'member')
    ) then
        raise exception using errcode = 'insufficient_privilege',
            message = format('role %s may not write audit entries as %s', session_user, p_actor);
    end if;
end
$$;

-- p_chain is a user's id, or '' for the chain of nobody.
create or replace function audit_lock(p_chain text) returns void language plpgsql as
$$
begin
    perform from audit_heads where user_id = p_chain for update;
    if not found then
        insert into audit_heads (user_id, position, hash) values (p_chain, 0, '') on conflict do nothing;
        perform from audit_heads where user_id = p_chain for update;
    end if;
end
$$;

create or replace function audit_append(p_actor text, p_user_id text, p_action text, p_outcome text, p_detail jsonb)
returns void language plpgsql security definer as
$$
declare
    v_id         text := gen_random_uuid()::text;
    v_salt       uuid := gen_random_uuid();
    v_at         timestamptz;
    v_head       audit_heads;
    v_commitment bytea;
    v_hash       text;
begin
    perform audit_check_actor(p_actor);
    select * into v_head from audit_heads where user_id = coalesce(p_user_id, '') for update;
    if not found then
        perform audit_lock(coalesce(p_user_id, ''));
        select * into v_head from audit_heads where user_id = coalesce(p_user_id, '');
    end if;
    v_at := clock_timestamp();
    v_commitment := audit_commitment(v_salt, p_user_id, p_detail);
    v_hash := audit_hash(
        v_head.hash, v_head.chain, v_head.position + 1, v_id, v_at, p_actor, p_action, p_outcome, v_commitment);
    insert into audit_log (id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position, chain, salt, commitment, xact)
    values (v_id, v_at, p_actor, p_user_id, p_action, p_outcome, p_detail, v_head.hash, v_hash, v_head.position + 1,
        v_head.chain, v_salt, v_commitment, pg_current_xact_id()::text::bigint);
    update audit_heads set position = v_head.position + 1, hash = v_hash where chain = v_head.chain;
end
$$;

create or replace function audit_append_many(
    p_actors text[], p_user_ids text[], p_actions text[], p_outcomes text[], p_details jsonb[]
) returns void language plpgsql security definer as
$$
declare
    v_users  text[];
    v_rounds integer;
    v_xact   bigint := pg_current_xact_id()::text::bigint;
begin
    perform audit_check_actor(actor) from (select distinct unnest(p_actors) as actor) as actors;
    v_users := array(
        select coalesce(user_id, '') from unnest(p_user_ids) with ordinality as entry(user_id, n) group by 1 order by min(n));
    perform from unnest(v_users) as wanted(user_id), lateral (select audit_lock(wanted.user_id)) as made
        where not exists (select from audit_heads as head where head.user_id = wanted.user_id);
    perform from unnest(v_users) as wanted(user_id),
        lateral (select from audit_heads as head where head.user_id = wanted.user_id for update) as locked;
    select max(entries) into v_rounds
    from (select count(*)::integer as entries from unnest(p_user_ids) as user_id group by coalesce(user_id, '')) as chains;
    -- In each round the next entry of every chain: an entry needs the hash of the one before.
    for v_round in 1 .. coalesce(v_rounds, 0) loop
        with entry as (
            select *, row_number() over (partition by coalesce(user_id, '') order by n) as round
            from unnest(p_actors, p_user_ids, p_actions, p_outcomes, p_details)
                with ordinality as entry(actor, user_id, action, outcome, detail, n)
        ), linked as materialized (
            select head.chain, head.position + 1 as position, head.hash as prev_hash, gen_random_uuid()::text as id,
                gen_random_uuid() as salt, clock_timestamp() as at, entry.*
            from entry join lateral (
                select * from audit_heads where user_id = coalesce(entry.user_id, '') limit 1
            ) as head on true
            where round = v_round
        ), committed as materialized (
            select *, audit_commitment(salt, user_id, detail) as commitment from linked
        ), hashed as materialized (
            select *, audit_hash(prev_hash, chain, position, id, at, actor, action, outcome, commitment) as hash from committed
        ), stored as (
            insert into audit_log (
                id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position, chain, salt, commitment, xact)
            select id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position, chain, salt, commitment, v_xact
            from hashed order by n
        )
        update audit_heads as head set position = hashed.position, hash = hashed.hash
        from hashed where head.chain = hashed.chain;
    end loop;
end
$$;

-- As in 0008; the heads are found by the user.
create or replace function begin_jobs(p_user_ids text[], p_required boolean[], p_audited boolean[]) returns void
language plpgsql security definer as
$$
declare
    v_reason text;
begin
    if exists (
        select from unnest(p_user_ids, p_audited) as job(user_id, is_audited)
        where is_audited and not exists (select from audit_heads as head where head.user_id = job.user_id)
    ) then
        for v_index in 1 .. cardinality(p_user_ids) loop
            if p_required[v_index] then
                perform from users where id = p_user_ids[v_index] for no key update;
            end if;
            if p_audited[v_index] then
                perform audit_lock(p_user_ids[v_index]);
            end if;
        end loop;
    else
        -- The same order for less: row by row of the arrays, and as the second lock asks for what the first one found, no plan
        -- can turn them round.
        perform from unnest(p_user_ids, p_required, p_audited) as job(user_id, is_required, is_audited)
            left join lateral (
                select id from users where is_required and id = job.user_id for no key update
            ) as account on true
            left join lateral (
                select from audit_heads as head
                where is_audited and head.user_id = coalesce(account.id, job.user_id) for update
            ) as head on true;
    end if;
    select reason into v_reason
    from consent_refusals(p_user_ids, array_fill(now(), array[cardinality(p_user_ids)])) as asked
    where p_required[asked.n] and reason is not null limit 1;
    if found then
        raise exception using errcode = 'RZ001', message = v_reason;
    end if;
end
$$;

-- MARK: Forgetting

-- Drops what is personal in a user's entries, for ever: content, salts and the user's id; the chain stays, under its number. That it
-- was done is itself an entry, in the chain of nobody: an entry without content that no such entry explains is a fault. Call it in the
-- transaction of the erasure. Returns how many entries there were.
create function audit_forget(p_user_id text) returns bigint language plpgsql security definer as
$$
declare
    v_head audit_heads;
begin
    if coalesce(p_user_id, '') = '' then
        raise exception using errcode = 'invalid_parameter_value', message = 'audit_forget: whose entries?';
    end if;
    select * into v_head from audit_heads where user_id = p_user_id for update;
    if not found then
        return 0;
    end if;
    update audit_log set user_id = null, detail = '{}', salt = null where chain = v_head.chain;
    update audit_heads set user_id = null where chain = v_head.chain;
    perform audit_append('repazoo-retention', null, 'audit.forget', 'done',
        jsonb_build_object('chain', v_head.chain, 'through', v_head.position));
    return v_head.position;
end
$$;

-- MARK: Checkpoints

-- A statement of how far each chain had got that changed since the checkpoint before, signed by a key that is not in this database.
create table audit_checkpoints (
    number    bigint primary key,
    at        timestamptz not null,
    statement text not null,   -- what is signed; see AuditCheckpoint
    signature text not null,   -- Ed25519, base64
    key_id    text not null    -- the first 16 hexadecimal digits of the SHA-256 of the public key
);

-- The heads that a checkpoint covers.
create table audit_marks (
    checkpoint bigint not null,
    chain      bigint not null,
    position   bigint not null,
    hash       text not null,
    primary key (checkpoint, chain)
);
create unique index audit_marks_of_chain on audit_marks (chain, position);

-- Marks what has been committed since `p_since`, the value of `through` at the last checkpoint (null = all that no checkpoint covers),
-- and returns how far that goes and how many entries came to how many chains. Every transaction below `through` has ended, so that
-- none of its entries can be missed; what is marked beyond it is found to be marked the next time.
create function audit_mark(p_number bigint, p_since bigint)
returns table (through bigint, chains bigint, new_chains bigint, entries bigint) language plpgsql security definer as
$$
#variable_conflict use_column
declare
    v_through bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
begin
    return query with changed as (
        select head.* from audit_heads as head
        where p_since is null or p_since > v_through  -- restored into another cluster, whose count is behind
        union all
        select head.* from audit_heads as head
        join (select distinct entry.chain from audit_log as entry where entry.xact >= p_since) as fresh using (chain)
        where p_since <= v_through
    ), marked as (
        insert into audit_marks (checkpoint, chain, position, hash)
        select p_number, head.chain, head.position, head.hash from changed as head
        where head.position > coalesce((select max(mark.position) from audit_marks as mark where mark.chain = head.chain), 0)
        returning chain, position
    )
    select v_through, count(*), count(*) filter (where last.position is null),
        coalesce(sum(marked.position - coalesce(last.position, 0)), 0)::bigint
    from marked left join lateral (
        select max(mark.position) as position from audit_marks as mark where mark.chain = marked.chain
    ) as last on true;
end
$$;

-- MARK: A look from inside

-- Entries since a moment that do not fit, as far as the database itself can tell; for the monitor. The proof is
-- `repazoo audit verify`, which believes nothing in here.
create function audit_faults(p_since timestamptz) returns table (chain bigint, "position" bigint, fault text)
language plpgsql stable security definer as
$$
#variable_conflict use_column
begin
    return query
    select entry.chain, entry.position, case
        when entry.salt is not null and entry.commitment <> audit_commitment(entry.salt, entry.user_id, entry.detail)
            or entry.hash <> audit_hash(entry.prev_hash, entry.chain, entry.position, entry.id, entry.at, entry.actor,
                entry.action, entry.outcome, entry.commitment) then 'changed'
        when entry.position > 1 and before.hash is null then 'entry before is missing'
        when entry.prev_hash <> coalesce(before.hash, '') then 'does not follow the entry before'
        when next.id is null and (head.position, head.hash) is distinct from (entry.position, entry.hash) then 'entries after are missing'
    end
    from audit_log as entry
    left join audit_log as before on before.chain = entry.chain and before.position = entry.position - 1
    left join audit_log as next on next.chain = entry.chain and next.position = entry.position + 1
    left join audit_heads as head on head.chain = entry.chain
    where entry.at >= p_since and (
        entry.salt is not null and entry.commitment <> audit_commitment(entry.salt, entry.user_id, entry.detail)
        or entry.hash <> audit_hash(entry.prev_hash, entry.chain, entry.position, entry.id, entry.at, entry.actor,
            entry.action, entry.outcome, entry.commitment)
        or entry.prev_hash <> coalesce(before.hash, '')
        or next.id is null and (head.position, head.hash) is distinct from (entry.position, entry.hash));
end
$$;

-- MARK: Rights

do $$
declare
    v_function regprocedure;
begin
    foreach v_function in array array[
        'audit_append(text, text, text, text, jsonb)', 'audit_append_many(text[], text[], text[], text[], jsonb[])',
        'begin_jobs(text[], boolean[], boolean[])', 'audit_forget(text)', 'audit_mark(bigint, bigint)',
        'audit_faults(timestamptz)'
    ]::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', v_function, current_schema());
    end loop;
end
$$;

grant execute on function audit_forget(text) to repazoo_retention;
grant execute on function audit_mark(bigint, bigint) to repazoo_monitor, repazoo_operator;
grant execute on function audit_faults(timestamptz) to repazoo_monitor, repazoo_operator;
grant select, insert on audit_checkpoints to repazoo_monitor, repazoo_operator;
grant select on audit_marks to repazoo_monitor, repazoo_operator;
grant select on audit_checkpoints, audit_marks, audit_heads to repazoo_retention, repazoo_console;
