-- What was announced about a user for the product to tell them: refusals, exports, ends of readings, analyses and erasures. It is kept
-- with the receipt of the work that it is about; of the event only what says that and when, never its detail, which may hold a link.

create function notices_about_user() returns table (at timestamptz, kind text, reason text, message_id text)
language plpgsql stable security definer as
$$
#variable_conflict use_column
begin
    return query select (event.body->>'at')::timestamptz, event.body->>'event', event.body->>'reason', r.message_id
    from receipts as r
    cross join lateral jsonb_array_elements(r.follow_ups) as sent
    cross join lateral (select (sent->>'body')::jsonb as body) as event
    where r.user_id = nullif(current_setting('repazoo.user_id', true), '')
        and sent->>'type' = 'repazoo.event.v1' and event.body->>'user_id' = r.user_id
        and event.body->>'event' not like 'alert.%';
end
$$;

do $$
begin
    execute format('alter function notices_about_user() set search_path = %I, pg_temp', current_schema());
end
$$;
revoke execute on function notices_about_user() from public;
grant execute on function notices_about_user() to repazoo_export;
