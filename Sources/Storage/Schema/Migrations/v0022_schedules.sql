-- What the scheduler knows: who leads, how far each schedule has come, and which ticks are published.

-- One row. The lease is valid until expires_at by this server's clock; term grows with each grant and fences off whoever held an
-- earlier one.
create table scheduler_lease (
    id         boolean primary key default true constraint scheduler_lease_one_row check (id),
    holder     text,
    term       bigint not null default 0,
    elected_at timestamptz,
    expires_at timestamptz not null default '-infinity'
);
insert into scheduler_lease default values;

create table schedules (
    name       text primary key,
    cron       text not null,
    seen_until timestamptz not null,  -- slots up to here are done with
    paused_at  timestamptz,
    paused_by  text
);

create table schedule_slots (
    schedule    text not null,
    slot        timestamptz not null,
    routing_key text not null,
    message_id  text not null,  -- derived from schedule and slot
    term        bigint,         -- null when a person asked for it
    status      text not null default 'recorded'
        constraint schedule_slots_status check (status in ('recorded', 'published', 'superseded')),
    recorded_at timestamptz not null default clock_timestamp(),
    settled_at  timestamptz,
    primary key (schedule, slot)
);
create index schedule_slots_open on schedule_slots (slot, schedule) where status = 'recorded';

-- The one place that tells by which time slots come due. The lease never asks it.
create function scheduler_clock() returns timestamptz language sql stable as $$ select clock_timestamp() $$;

-- The scheduler owns all of it but whether a schedule is paused; people pause, resume and ask for a tick.
grant select, update on scheduler_lease to repazoo_scheduler;
grant select, insert, update on schedules to repazoo_scheduler;
grant select, insert, update, delete on schedule_slots to repazoo_scheduler;
grant select on scheduler_lease, schedules, schedule_slots to repazoo_operator, repazoo_console, repazoo_monitor;
grant insert, update on schedules to repazoo_operator, repazoo_console;
grant insert, update on schedule_slots to repazoo_operator, repazoo_console;
grant execute on function scheduler_clock() to repazoo_scheduler, repazoo_operator, repazoo_console, repazoo_monitor;
