-- The audit trail: append-only, one hash chain per user (and one for what concerns nobody in particular).
-- Entries are made by audit_append alone, in the transaction of the change that they tell of.

create table audit_log (
    id        text primary key,
    at        timestamptz not null,
    actor     text not null,
    user_id   text,
    action    text not null,
    outcome   text not null,
    detail    jsonb not null default '{}',
    prev_hash text not null,
    hash      text not null,
    position  bigint not null  -- 1 for the first entry of a chain; without gaps, as it is given out under the head's lock
);
create unique index audit_log_chain on audit_log (coalesce(user_id, ''), position);
create index audit_log_by_time on audit_log (at);

-- The last entry of each chain. Locking it puts the entries of one chain in commit order.
create table audit_heads (
    chain    text primary key,
    position bigint not null,
    hash     text not null
);

-- Length-prefixed, so that no two different entries have the same bytes.
create function audit_field(value text) returns text language sql immutable parallel safe as
$$ select case when value is null then '-' else octet_length(value) || ':' || value end $$;

create function audit_hash(
    prev_hash text, "position" bigint, id text, at timestamptz, actor text, user_id text, action text, outcome text,
    detail jsonb
) returns text language sql immutable parallel safe as
$$
    select encode(sha256(convert_to(
        audit_field(prev_hash) || audit_field("position"::text) || audit_field(id)
        || audit_field((extract(epoch from at) * 1000000)::bigint::text) || audit_field(actor) || audit_field(user_id)
        || audit_field(action) || audit_field(outcome) || audit_field(detail::text), 'UTF8')), 'hex')
$$;

create function audit_append(p_actor text, p_user_id text, p_action text, p_outcome text, p_detail jsonb)
returns void language plpgsql security definer set search_path from current as
$$
declare
    v_chain text := coalesce(p_user_id, '');
    v_id    text := gen_random_uuid()::text;
    v_at    timestamptz := clock_timestamp();
    v_head  audit_heads;
    v_hash  text;
begin
    insert into audit_heads (chain, position, hash) values (v_chain, 0, '') on conflict do nothing;
    select * into v_head from audit_heads where chain = v_chain for update;
    v_hash := audit_hash(v_head.hash, v_head.position + 1, v_id, v_at, p_actor, p_user_id, p_action, p_outcome, p_detail);
    insert into audit_log (id, at, actor, user_id, action, outcome, detail, prev_hash, hash, position)
    values (v_id, v_at, p_actor, p_user_id, p_action, p_outcome, p_detail, v_head.hash, v_hash, v_head.position + 1);
    update audit_heads set position = v_head.position + 1, hash = v_hash where chain = v_chain;
end
$$;
