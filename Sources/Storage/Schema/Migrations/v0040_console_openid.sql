-- Sign-in to the console by an OpenID provider.

-- Sessions of people whom the provider knows: the role that it gave them, and an end that use does not put off.
alter table console_sessions
    add column openid_role text,
    add column ends_at     timestamptz;

-- Sign-ins that have left for the provider. Digests only: whoever reads the table can finish none.
create table console_sign_ins (
    state_hash   text primary key,
    browser_hash text not null,
    next         text not null,
    begun_at     timestamptz not null default now()
);
create index console_sign_ins_by_begin on console_sign_ins (begun_at);
grant select, insert, delete on console_sign_ins to repazoo_console;
