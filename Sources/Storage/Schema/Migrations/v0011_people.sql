-- The people behind `repazoo` and the console may ask the consent gate why nothing is done for a user.
grant execute on function consent_refusal(text, timestamptz), consent_refusals(text[], timestamptz[])
    to repazoo_operator, repazoo_console;
