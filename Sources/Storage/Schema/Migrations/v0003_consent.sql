-- The consent gate, asked before work and again inside the committing transaction.

-- Why nothing may be done for this user at this moment; null when all is well. The words are RefusalReason's.
create function consent_refusal(p_user_id text, p_at timestamptz) returns text language sql stable as
$$
    with account as (select erased_at from users where id = p_user_id),
    token as (
        select consented_at, revoked_at from oauth_tokens
        where user_id = p_user_id and provider = 'twitter' order by consented_at desc limit 1
    )
    select case
        when not exists (select from account) then 'unknown_user'
        when (select erased_at from account) is not null then 'user_erased'
        when not exists (select from token) then 'no_consent'
        when (select revoked_at from token) is not null then 'consent_revoked'
        -- 365 days to the second; hours, as a day of a time zone may have 23 or 25 of them
        when (select consented_at from token) <= p_at - interval '8760 hours' then 'consent_expired'
        when not exists (select from subscriptions where user_id = p_user_id and status = 'active') then 'no_subscription'
    end
$$;

-- Locks the user's row for the rest of the transaction and ends it with SQLSTATE RZ001 and the reason as the message when
-- consent is gone: nothing commits for a user who left while the work was under way.
create function require_consent(p_user_id text) returns void language plpgsql as
$$
declare
    v_reason text;
begin
    perform from users where id = p_user_id for no key update;
    v_reason := consent_refusal(p_user_id, now());
    if v_reason is not null then
        raise exception using errcode = 'RZ001', message = v_reason;
    end if;
end
$$;
