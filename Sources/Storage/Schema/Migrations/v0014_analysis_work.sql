-- Analyses under way: who works on whom, what has been answered so far, what was handed to the provider as a batch. All of it goes
-- with the end of the analysis.

-- Who works on a user's tweets: at most one at a time, for as long as the lease is renewed. By this database's clock.
create table analysis_runs (
    user_id    text not null references users (id),
    kind       text not null,
    message_id text not null,
    owner      text not null,  -- one attempt of one process
    busy_until timestamptz not null,
    primary key (user_id, kind)
);

-- Answers that are no part of a stored analysis yet: one row for each call that was paid for. Whoever goes on after a crash, a rate
-- limit or a death takes them up and does not ask again.
create table analysis_parts (
    id         text primary key default gen_random_uuid()::text,
    user_id    text not null references users (id),
    kind       text not null,
    version    text not null,  -- of prompt and shape: an answer to other words is not taken up
    body       jsonb not null,
    created_at timestamptz not null default now()
);
create index analysis_parts_by_user on analysis_parts (user_id, kind);

-- Questions handed to the provider as a batch: one at most for a user. Whatever message comes for the user polls it. The row stays until
-- the provider has deleted the results.
create table analysis_batches (
    user_id      text not null references users (id),
    kind         text not null,
    message_id   text not null,  -- that it was made for
    batch_id     text,  -- null: about to be handed over, or never arrived
    model        text not null,
    questions    jsonb not null,  -- which tweets stand in which of its requests, and what was done to their texts
    state        text not null constraint analysis_batches_state_is_known check (state in ('submitting', 'running', 'fetched')),
    submitted_at timestamptz not null default now(),
    primary key (user_id, kind)
);

select isolate_by_user('analysis_runs');
select isolate_by_user('analysis_parts');
select isolate_by_user('analysis_batches');

-- Null: the caller may work, for so long. Otherwise until when another does.
create function claim_analysis(p_user_id text, p_kind text, p_message_id text, p_owner text, p_lease interval)
returns timestamptz language plpgsql as
$$
begin
    insert into analysis_runs (user_id, kind, message_id, owner, busy_until)
    values (p_user_id, p_kind, p_message_id, p_owner, clock_timestamp() + p_lease)
    on conflict (user_id, kind) do update
        set message_id = excluded.message_id, owner = excluded.owner, busy_until = excluded.busy_until
        where analysis_runs.busy_until < clock_timestamp() or analysis_runs.owner = excluded.owner;
    if found then
        return null;
    end if;
    return (select busy_until from analysis_runs where user_id = p_user_id and kind = p_kind);
end
$$;

-- Ends a run inside the transaction that stores its analysis, and the transaction with SQLSTATE RZ003 if it is another's by now: of
-- two that worked on the same tweets only one may store.
create function end_analysis_run(p_user_id text, p_kind text, p_owner text) returns void language plpgsql as
$$
begin
    delete from analysis_runs where user_id = p_user_id and kind = p_kind and owner = p_owner;
    if not found then
        raise exception using errcode = 'RZ003', message = 'analysis_run_lost';
    end if;
end
$$;

revoke execute on function claim_analysis(text, text, text, text, interval), end_analysis_run(text, text, text) from public;
grant execute on function claim_analysis(text, text, text, text, interval), end_analysis_run(text, text, text) to repazoo_analyze;
grant select, insert, update, delete on analysis_runs, analysis_parts, analysis_batches to repazoo_analyze;
grant select, update, delete on analysis_runs, analysis_parts, analysis_batches to repazoo_retention;
grant select on analysis_runs, analysis_batches to repazoo_operator;
