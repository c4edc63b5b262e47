-- A batch that runs for a user who is erased meanwhile: its row goes with the user's, and with the row the provider's name for it, by
-- which alone it can be deleted there. That name, which says nothing of anybody, stays here until the analyzer has deleted the batch.

create table batches_left (
    batch_id text primary key,
    left_at  timestamptz not null default now()
);

-- Runs as the owner: whoever deletes the row need not know of this.
create function leave_batch() returns trigger language plpgsql security definer as
$$
begin
    insert into batches_left (batch_id) values (old.batch_id) on conflict do nothing;
    return null;
end
$$;

do $$
begin
    execute format('alter function leave_batch() set search_path = %I, pg_temp', current_schema());
end
$$;

create trigger analysis_batches_leave after delete on analysis_batches
    for each row when (old.batch_id is not null) execute function leave_batch();

revoke execute on function leave_batch() from public;
grant select, delete on batches_left to repazoo_analyze;
grant select on batches_left to repazoo_operator;

comment on table batches_left is 'Batches of erased users that the provider is still to delete: its names for them, nothing else. Kept: until it has, a minute or so.';
