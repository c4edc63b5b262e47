-- The rules of consent and of the audit trail for many at once, and cheaper for one. What is refused, what an entry holds
-- and how it is hashed is as before.
--
-- A function in SQL that cannot be inlined is parsed and planned at every call. So these are written to be inlined (one
-- expression of no volatile part, arguments used at most twice), or in PL/pgSQL, which keeps its plans.

create or replace function audit_field(value text) returns text language sql immutable parallel safe as
$$ select coalesce(octet_length(value)::text || ':' || value, '-') $$;

-- Stable, as convert_to is: the server does not inline what claims to be more.
create or replace function audit_hash(
    prev_hash text, "position" bigint, id text, at timestamptz, actor text, user_id text, action text, outcome text,
    detail jsonb
) returns text language sql stable parallel safe as
$$
    select encode(sha256(convert_to(
        audit_field(prev_hash) || audit_field("position"::text) || audit_field(id)
        || audit_field((extract(epoch from at) * 1000000)::bigint::text) || audit_field(actor) || audit_field(user_id)
        || audit_field(action) || audit_field(outcome) || audit_field(detail::text), 'UTF8')), 'hex')
$$;

-- Locks the head of a chain, which is made if this is to be its first entry.
create function audit_lock(p_chain text) returns void language plpgsql as
$$
begin
    perform from audit_heads where chain = p_chain for update;
    if not found then
        insert into audit_heads (chain, position, hash) values (p_chain, 0, '') on conflict do nothing;
        perform from audit_heads where chain = p_chain for update;
    end if;
end
$$;

-- Appends many entries, those of one chain in the order of the arrays. Locks heads in that order too: give the entries in the
-- order of the user ids.
create function audit_append_many(
    p_actors text[], p_user_ids text[], p_actions text[], p_outcomes text[], p_details jsonb[]
) returns void language plpgsql security definer set search_path from current as
$$
declare
    v_chains text[];
    v_rounds integer;
begin
    v_chains := array(
        select coalesce(user_id, '') from unnest(p_user_ids) with ordinality as entry(user_id, n) group by 1 order by min(n));
    perform from unnest(v_chains) as wanted(chain), lateral (select audit_lock(wanted.chain)) as made
        where not exists (select from audit_heads as head where head.chain = wanted.chain);
    perform from unnest(v_chains) as wanted(chain),
        lateral (select from audit_heads as head where head.chain = wanted.chain for update) as locked;
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
                clock_timestamp() as at, entry.*
            from entry join lateral (
                select * from audit_heads where chain = coalesce(entry.user_id, '') limit 1
            ) as head on true
            where round = v_round
        ), hashed as materialized (
            select *, audit_hash(prev_hash, position, id, at, actor, user_id, action, outcome, detail) as hash from linked
        ), stored as (
            insert into audit_log (id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position)
            select id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position from hashed order by n
        )
        update audit_heads as head set position = hashed.position, hash = hashed.hash
        from hashed where head.chain = hashed.chain;
    end loop;
end
$$;

create or replace function audit_append(p_actor text, p_user_id text, p_action text, p_outcome text, p_detail jsonb)
returns void language plpgsql security definer set search_path from current as
$$
declare
    v_chain text := coalesce(p_user_id, '');
    v_id    text := gen_random_uuid()::text;
    v_at    timestamptz;
    v_head  audit_heads;
    v_hash  text;
begin
    select * into v_head from audit_heads where chain = v_chain for update;
    if not found then
        insert into audit_heads (chain, position, hash) values (v_chain, 0, '') on conflict do nothing;
        select * into v_head from audit_heads where chain = v_chain for update;
    end if;
    v_at := clock_timestamp();
    v_hash := audit_hash(v_head.hash, v_head.position + 1, v_id, v_at, p_actor, p_user_id, p_action, p_outcome, p_detail);
    insert into audit_log (id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position)
    values (v_id, v_at, p_actor, p_user_id, p_action, p_outcome, p_detail, v_head.hash, v_hash, v_head.position + 1);
    update audit_heads set position = v_head.position + 1, hash = v_hash where chain = v_chain;
end
$$;

-- Why nothing may be done for these users at these moments, in their order; null when all is well. The words are
-- RefusalReason's. `limit` keeps each look-up one look-up in an index, whatever the planner thinks of the size of the tables.
create function consent_refusals(p_user_ids text[], p_at timestamptz[])
returns table (n bigint, user_id text, reason text) language sql stable as
$$
    select asked.n, asked.user_id, case
        when account.id is null then 'unknown_user'
        when account.erased_at is not null then 'user_erased'
        when token.consented_at is null then 'no_consent'
        when token.revoked_at is not null then 'consent_revoked'
        -- 365 days to the second; hours, as a day of a time zone may have 23 or 25 of them
        when token.consented_at <= asked.at - interval '8760 hours' then 'consent_expired'
        when subscription.id is null then 'no_subscription'
    end
    from unnest(p_user_ids, p_at) with ordinality as asked(user_id, at, n)
    left join lateral (select id, erased_at from users where id = asked.user_id limit 1) as account on true
    left join lateral (
        select consented_at, revoked_at from oauth_tokens
        where oauth_tokens.user_id = asked.user_id and provider = 'twitter' order by consented_at desc limit 1
    ) as token on true
    left join lateral (
        select id from subscriptions where subscriptions.user_id = asked.user_id and status = 'active' limit 1
    ) as subscription on true
$$;

create or replace function consent_refusal(p_user_id text, p_at timestamptz) returns text language plpgsql stable as
$$
begin
    return (select reason from consent_refusals(array[p_user_id], array[p_at]));
end
$$;

-- What a group of jobs begins with. Takes their locks in the order of the arrays, so give them in the order of the user ids, each
-- once: the user's row when consent is required, then the head of the chain when there is to be an entry ('' is the chain of
-- nobody). Then asks for consent, and ends the transaction as require_consent does when that of one is gone.
create function begin_jobs(p_user_ids text[], p_required boolean[], p_audited boolean[]) returns void
language plpgsql security definer set search_path from current as
$$
declare
    v_reason text;
begin
    if exists (
        select from unnest(p_user_ids, p_audited) as job(user_id, is_audited)
        where is_audited and not exists (select from audit_heads where chain = job.user_id)
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
                select from audit_heads where is_audited and chain = coalesce(account.id, job.user_id) for update
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

-- The receipts among these messages. A plan that was made while the table was empty is kept until the next ANALYZE, and would
-- read all of it, or all of one consumer, over and over: `limit` and the setting leave it only one look-up in the index for
-- each message.
create function receipts_among(p_consumer text, p_message_ids text[]) returns table (message_id text, follow_ups text)
language plpgsql stable set enable_seqscan = off as
$$
begin
    return query select asked.id, receipt.follow_ups
        from unnest(p_message_ids) as asked(id), lateral (
            select receipts.follow_ups::text from receipts
            where receipts.consumer = p_consumer and receipts.message_id = asked.id limit 1
        ) as receipt;
end
$$;
