-- What the consumers keep of their calls to providers, beside the rate windows in Redis.

-- One row for each app at a provider ('twitter:<hash of the app>').
create table provider_activity (
    provider     text primary key,
    active_until timestamptz not null,  -- until then some process may be calling
    capped_until timestamptz            -- the provider's cap on usage is reached: nobody calls before
);

-- Notes that calls may be made for p_note from now on. True when before that none can have been made for p_rest. The row stays
-- locked until the transaction ends.
create function provider_called(p_provider text, p_note interval, p_rest interval) returns boolean language plpgsql as
$$
declare
    v_before timestamptz;
begin
    insert into provider_activity (provider, active_until) values (p_provider, '-infinity') on conflict do nothing;
    select active_until into v_before from provider_activity where provider = p_provider for update;
    update provider_activity set active_until = greatest(active_until, clock_timestamp() + p_note)
    where provider = p_provider;
    return v_before + p_rest < clock_timestamp();
end
$$;

-- A run that has to begin again keeps what it began after: without a token it is at its first page.
alter table ingest_runs alter column next_token drop not null;
-- Posts that X delivered in this run, which is what X charges for.
alter table ingest_runs add column reads integer not null default 0;

-- An edited post has a new id at X, and its earlier versions may not be kept. Their rows stay as deleted, without content, so that
-- a page that was read before the edit cannot bring them back.
alter table twitter_data add column superseded_by text;

-- Rights, as in 0009. provider_activity holds nothing of any user.
grant select, insert, update on provider_activity to repazoo_ingest, repazoo_analyze, repazoo_retention;
grant execute on function provider_called(text, interval, interval) to repazoo_ingest, repazoo_analyze, repazoo_retention;
grant select on provider_activity to repazoo_monitor, repazoo_console, repazoo_operator;
grant update (deleted_at, superseded_by) on twitter_data to repazoo_ingest;
