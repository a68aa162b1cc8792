//! Raft, held against its paper: one test per rule of Figure 2 (figure2.rs), the properties of Figure 3 (figure3.rs),
//! the logs of Figure 7 and the schedule of Figure 8 (figure7.rs, figure8.rs), crashes at every event (crash.rs),
//! clients (client.rs), what it costs (cost.rs), how long there is no leader (Figure 16, figure16.rs), what the thesis
//! adds (pre_vote.rs, check_quorum.rs, transfer.rs, snapshots.rs, membership.rs, sessions.rs, reads.rs), and generated
//! faults with every bug in turn (faults.rs).

mod check_quorum;
mod client;
mod cluster;
mod cost;
mod crash;
mod face;
mod faults;
mod figure16;
mod figure2;
mod figure3;
mod figure7;
mod figure8;
mod lone;
mod membership;
mod pre_vote;
mod reads;
#[path = "../lab/rules.rs"]
mod rules;
mod sessions;
mod snapshots;
mod transfer;

use netsplit_protocols::raft::{Line, Raft};

rules::rules! {
    Raft:
    Restart => figure2::state_term_vote_and_log_survive_a_crash_and_nothing_else_does,
    Apply => figure2::all_servers_apply_what_is_committed_in_the_order_of_the_log,
    SeeTerm => figure2::all_servers_forget_their_vote_in_a_new_term,
    AnswerRpcs => figure2::followers_answer_candidates_and_leaders,
    NoLeaderHeard => figure2::followers_become_candidates_when_the_election_timeout_passes,
    RaiseTerm => figure2::candidates_raise_the_term_vote_for_themselves_draw_a_timeout_and_ask_everybody,
    VoteForSelf => figure2::candidates_raise_the_term_vote_for_themselves_draw_a_timeout_and_ask_everybody,
    ResetTimer => figure2::candidates_raise_the_term_vote_for_themselves_draw_a_timeout_and_ask_everybody,
    AskForVotes => figure2::candidates_raise_the_term_vote_for_themselves_draw_a_timeout_and_ask_everybody,
    WinElection => figure2::candidates_lead_with_the_votes_of_a_majority_each_counted_once,
    GiveWay => figure2::candidates_give_way_to_a_leader_of_their_term,
    ElectionTimedOut => figure2::candidates_start_the_next_election_when_the_timeout_passes,
    Heartbeat => figure2::leaders_send_empty_append_entries_at_once_and_again_and_again,
    AppendNoop => figure2::leaders_open_their_term_with_a_no_op_if_so_set,
    AppendCommand => figure2::leaders_append_a_command_and_answer_once_it_is_applied,
    Respond => figure2::leaders_append_a_command_and_answer_once_it_is_applied,
    SendEntries => figure2::leaders_send_what_a_follower_lacks_from_its_next_index_on,
    FollowerHasThem => figure2::leaders_raise_next_index_and_match_index_on_success,
    FollowerRefused => figure2::leaders_lower_next_index_on_a_refusal_and_try_again,
    Commit => figure2::leaders_commit_entries_of_earlier_terms_only_below_one_of_their_own,
    VoteStaleTerm => figure2::request_vote_1_an_earlier_term_is_refused,
    VoteGranted => figure2::request_vote_2_the_vote_is_given_once_a_term_and_again_to_the_same_candidate,
    VoteTaken => figure2::request_vote_2_the_vote_is_given_once_a_term_and_again_to_the_same_candidate,
    VoteOlderLog => figure2::request_vote_2_the_candidates_log_must_be_as_new_as_the_voters,
    AppendStaleTerm => figure2::append_entries_1_an_earlier_term_is_refused,
    AppendNoMatch => figure2::append_entries_2_refused_without_the_entry_before,
    DeleteConflict => figure2::append_entries_3_what_conflicts_is_deleted_with_all_that_follows,
    AppendNew => figure2::append_entries_4_only_what_is_not_there_yet_is_appended,
    FollowCommit => figure2::append_entries_5_commit_index_follows_the_leader_up_to_the_last_new_entry,
    AskForPreVotes => pre_vote::a_server_asks_whether_it_could_win_before_it_raises_its_term,
    PreVoteLeaderAlive => pre_vote::a_server_that_hears_a_leader_would_vote_for_nobody,
    PreVoteRefused => pre_vote::a_server_would_vote_only_in_a_later_term_for_a_log_as_new_as_its_own_and_changes_nothing,
    PreVoteGranted => pre_vote::a_server_would_vote_only_in_a_later_term_for_a_log_as_new_as_its_own_and_changes_nothing,
    WinPreVote => pre_vote::a_server_that_a_majority_would_vote_for_starts_the_election,
    QuorumHeard => check_quorum::a_leader_that_a_majority_has_answered_leads_on,
    QuorumLost => check_quorum::a_leader_that_no_majority_has_answered_since_it_looked_last_steps_down,
    IgnoreVote => check_quorum::a_server_that_hears_a_leader_ignores_candidates,
    BeginTransfer => transfer::a_leader_takes_no_more_commands_and_brings_the_target_up_to_date_first,
    SendTimeoutNow => transfer::a_leader_takes_no_more_commands_and_brings_the_target_up_to_date_first,
    ObeyTimeoutNow => transfer::a_server_told_to_stands_for_election_at_once_and_says_that_the_leader_wants_it,
    EndTransfer => transfer::a_transfer_is_over_when_somebody_leads_a_later_term,
    AbortTransfer => transfer::a_leader_whose_target_does_not_take_over_takes_commands_again,
    TakeSnapshot => snapshots::a_server_writes_its_state_machine_down_and_drops_the_log_up_to_there,
    RestoreSnapshot => snapshots::a_server_that_restarts_begins_with_its_snapshot,
    SendSnapshot => snapshots::a_leader_sends_its_snapshot_to_a_follower_that_lacks_what_is_dropped,
    SnapshotStaleTerm => snapshots::install_snapshot_1_an_earlier_term_is_refused,
    SnapshotKnown => snapshots::install_snapshot_what_is_committed_already_changes_nothing,
    RetainLog => snapshots::install_snapshot_6_what_follows_the_last_entry_is_kept,
    DiscardLog => snapshots::install_snapshot_7_and_8_else_the_log_goes_and_the_state_machine_comes,
    ResetStateMachine => snapshots::install_snapshot_7_and_8_else_the_log_goes_and_the_state_machine_comes,
    BeginCatchUp => membership::new_servers_catch_up_before_they_have_a_vote,
    NextRound => membership::a_round_that_takes_longer_than_an_election_timeout_is_not_the_last,
    AbortCatchUp => membership::a_leader_gives_up_on_a_server_that_does_not_catch_up,
    AppendJoint => membership::new_servers_catch_up_before_they_have_a_vote,
    AdoptConfiguration => membership::a_server_goes_by_the_latest_configuration_in_its_log_committed_or_not,
    AppendNewConfiguration => membership::when_c_old_new_is_committed_the_leader_appends_c_new_and_then_it_is_over,
    LeaveOffice => membership::a_leader_that_is_not_in_c_new_leads_until_that_is_committed_and_does_not_count_itself,
    StayOutside => membership::a_server_without_a_vote_does_not_stand_for_election,
    SendRequest => client::a_client_that_asks_the_wrong_server_is_sent_to_the_leader,
    RefuseClient => figure2::servers_that_do_not_lead_say_who_does,
    Redirect => client::a_client_that_asks_the_wrong_server_is_sent_to_the_leader,
    Retry => client::a_client_that_hears_nothing_asks_the_next_server,
    TakeAnswer => client::a_client_does_one_thing_after_another,
    AskForSession => sessions::a_client_asks_for_a_session_and_numbers_its_commands_in_it,
    AllocateSession => sessions::a_client_asks_for_a_session_and_numbers_its_commands_in_it,
    TakeSession => sessions::a_client_asks_for_a_session_and_numbers_its_commands_in_it,
    SendNumbered => sessions::a_client_asks_for_a_session_and_numbers_its_commands_in_it,
    DiscardLate => sessions::a_command_whose_number_is_passed_does_nothing,
    RecogniseRetry => sessions::a_command_that_was_sent_twice_is_run_once_and_answered_alike,
    ExpireSession => sessions::of_one_session_too_many_the_one_used_longest_ago_expires,
    RefuseExpired => sessions::a_command_of_an_expired_session_is_not_run_and_its_client_is_told,
    LoseSession => sessions::a_client_whose_session_has_expired_gives_the_operation_up_and_opens_another,
    SendQuery => reads::a_query_is_answered_after_a_round_of_heartbeats_and_is_no_entry_of_the_log,
    SaveReadIndex => reads::a_leader_answers_a_query_once_a_majority_has_answered_a_round_that_began_after_it_came,
    RoundForQueries => reads::a_leader_answers_a_query_once_a_majority_has_answered_a_round_that_began_after_it_came,
    AnswerQuery => reads::a_leader_answers_a_query_once_a_majority_has_answered_a_round_that_began_after_it_came,
    ExtendLease => reads::with_a_lease_a_round_is_good_for_the_shortest_election_timeout_less_the_bound,
    RefuseQueries => reads::a_leader_that_steps_down_refuses_the_queries_that_wait,
    AnswerStale => reads::where_stale_reads_are_allowed_any_server_answers_at_once,
    KeepAnswer => sessions::a_client_asks_for_a_session_and_numbers_its_commands_in_it,
}
