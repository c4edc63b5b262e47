-- Charges one analysis to a user's month (UTC, 'YYYY-MM'), inside the transaction that stores it: never over the quota,
-- whoever else charges at the same time, and never without the analysis. Ends the transaction with SQLSTATE RZ002 when the
-- quota is used up. A quota that changed in the middle of the month counts from now on.
create function charge_quota(p_user_id text, p_period text, p_quota integer) returns void language plpgsql as
$$
begin
    if p_quota > 0 then
        insert into usage (user_id, period, used, quota) values (p_user_id, p_period, 1, p_quota)
        on conflict (user_id, period) do update set used = usage.used + 1, quota = excluded.quota
            where usage.used < excluded.quota;
        if found then
            return;
        end if;
    end if;
    raise exception using errcode = 'RZ002', message = 'quota_exceeded';
end
$$;
