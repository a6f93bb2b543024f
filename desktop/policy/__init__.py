"""The policy pack from its YAML sources to the domain's compiled Policy."""

from desktop.policy.loading import load_policy, policy_digest
from desktop.policy.problems import PolicyError, Problem

__all__ = ["PolicyError", "Problem", "load_policy", "policy_digest"]
