export DAYBOOK_URL=<<url>>
export DAYBOOK_WORKSPACE=<<workspace>>
export DAYBOOK_TOKEN=<<token>>
